//! Stands for the archives where only the common formats are read: each is recognised, and needs the full reader.

pub(super) mod zip {
    pub(in super::super) fn is_zip(head: &[u8]) -> bool {
        head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
    }
}

pub(super) mod zstd {
    pub(in super::super) fn is_zstd(head: &[u8]) -> bool {
        head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
    }
}

pub(super) mod xz {
    pub(in super::super) fn is_xz(head: &[u8]) -> bool {
        head.starts_with(b"\xfd7zXZ\0")
    }
}

pub(super) mod tar {
    pub(in super::super) fn is_tar(head: &[u8]) -> bool {
        head.get(257..262) == Some(b"ustar")
    }
}

pub(super) mod pack {
    /// As bytes, as text or in an address: all begin with what no report begins with.
    pub(in super::super) fn is_pack(head: &[u8]) -> bool {
        let text = head.trim_ascii_start();
        head.starts_with(b"\xd7LSPK")
            || text.starts_with(b"10xTUE")
            || (text.starts_with(b"http") && text.windows(11).any(|at| at == b"data=10xTUE"))
    }
}
