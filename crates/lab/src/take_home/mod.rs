//! Take it home: the text of files that bring a better setting into a project.
