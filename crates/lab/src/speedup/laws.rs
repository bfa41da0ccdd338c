//! Amdahl's and Gustafson's law and the Universal Scalability Law as straight lines, and fitting these.
//!
//! With T(N) the time on N workers, each law is linear in its parameters:
//!
//! - Amdahl (1967), S = 1 / (F + (1 − F)/N): N·T = T₁ + T₁F·(N − 1).
//! - Universal Scalability Law (Gunther 1993), S = N / (1 + α(N − 1) + βN(N − 1)):
//!   N·T = T₁ + T₁α·(N − 1) + T₁β·N(N − 1).
//! - Gustafson (1988), S = N + (1 − N)F: 1/T = 1/T₁ + (1 − F)/T₁·(N − 1).
//!
//! Times scatter in proportion to their size, so relative distances count: weighted least squares, the weights
//! being those of the fitted values, in a few rounds. T₁ is fitted as the others are: a sequential run scatters as
//! much as any. A closed form needs no optimiser and cannot get stuck.

/// Parameters of a line: at one worker, per (N − 1), per N(N − 1).
pub(super) type Theta = [f64; 3];
type Matrix = [[f64; 3]; 3];

/// A law of scaling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    Amdahl,
    Gustafson,
    Usl,
}

impl Law {
    pub(super) const ALL: [Self; 3] = [Self::Amdahl, Self::Gustafson, Self::Usl];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Amdahl => "amdahl",
            Self::Gustafson => "gustafson",
            Self::Usl => "usl",
        }
    }

    /// Its name for people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Amdahl => "Amdahl’s law",
            Self::Gustafson => "Gustafson’s law",
            Self::Usl => "The Universal Scalability Law",
        }
    }

    /// How many parameters are fitted, the time on one worker among them.
    pub(super) fn parameters(self) -> usize {
        self.mask().iter().filter(|&&on| on).count()
    }

    fn mask(self) -> [bool; 3] {
        [true, true, self == Self::Usl]
    }

    fn y(self, workers: f64, seconds: f64) -> f64 {
        if self == Self::Gustafson { 1.0 / seconds } else { workers * seconds }
    }

    fn basis(self, n: f64) -> [f64; 3] {
        [1.0, n - 1.0, if self == Self::Usl { n * (n - 1.0) } else { 0.0 }]
    }

    /// Speedup on `n` workers.
    pub(super) fn speedup(self, theta: &Theta, n: f64) -> f64 {
        let [one, ..] = *theta;
        let line = dot(&self.basis(n), theta);
        if self == Self::Gustafson { line / one } else { n * one / line }
    }

    /// Time on `n` workers.
    pub(super) fn seconds(self, theta: &Theta, n: f64) -> f64 {
        let line = dot(&self.basis(n), theta);
        if self == Self::Gustafson { 1.0 / line } else { line / n }
    }

    /// The share that does not scale: F, or α.
    pub(super) fn serial(self, theta: &Theta) -> f64 {
        let [one, slope, _] = *theta;
        if self == Self::Gustafson { 1.0 - slope / one } else { slope / one }
    }
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let ([a, b, c], [x, y, z]) = (*a, *b);
    a * x + b * y + c * z
}

fn times(m: &Matrix, v: &[f64; 3]) -> [f64; 3] {
    m.map(|row| dot(&row, v))
}

/// The inverse of a symmetric matrix, by cofactors.
fn inverse(m: &Matrix) -> Option<Matrix> {
    let [[a, b, c], [_, d, e], [_, _, f]] = *m;
    let (p, q, r) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let det = a * p + b * q + c * r;
    // The product of the diagonal bounds the determinant (Hadamard): a tiny part of it is nothing but rounding.
    if !(det.is_finite() && det > a * d * f * 1e-12) {
        return None;
    }
    let (s, t, u) = (a * f - c * c, b * c - a * e, a * d - b * b);
    Some([[p / det, q / det, r / det], [q / det, s / det, t / det], [r / det, t / det, u / det]])
}

/// A fitted line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) theta: Theta,
    /// Inverse of the weighted normal matrix.
    inverse: Matrix,
    /// The line at each sample.
    fitted: Vec<f64>,
    /// Relative distances of the samples from it.
    residuals: Vec<f64>,
    /// Their variance, by the degrees of freedom that are left.
    pub(super) variance: f64,
}

/// The samples of a fit: worker counts and times in seconds.
pub(super) struct Samples {
    law: Law,
    x: Vec<[f64; 3]>,
    y: Vec<f64>,
}

impl Samples {
    pub(super) fn new(law: Law, times: &[(u32, f64)]) -> Self {
        let x = times.iter().map(|&(n, _)| law.basis(f64::from(n))).collect();
        let y = times.iter().map(|&(n, s)| law.y(f64::from(n), s)).collect();
        Self { law, x, y }
    }

    /// The line without bounds on its parameters, for statistics.
    pub(super) fn line(&self) -> Option<Line> {
        self.masked(&self.y, self.law.mask(), 8)
    }

    /// The line whose parameters mean something: no negative share, none above one.
    pub(super) fn sensible(&self) -> Option<Line> {
        let free = self.line()?;
        let [one, slope, curve] = free.theta;
        if self.law != Law::Usl {
            return if (0.0..=one).contains(&slope) {
                Some(free)
            } else {
                self.at_border(&free, f64::from(slope > one))
            };
        }
        if slope >= 0.0 && curve >= 0.0 {
            return Some(free);
        }
        // The best of the borders: without the one, without the other, without both.
        let borders = [[true, true, false], [true, false, true], [true, false, false]];
        let sensible = |line: &Line| line.theta.iter().skip(1).all(|&p| p >= 0.0) && one > 0.0;
        let lines = borders.into_iter().filter_map(|mask| self.masked(&self.y, mask, 8)).filter(sensible);
        lines.min_by(|a, b| a.squares().total_cmp(&b.squares()))
    }

    /// The line whose slope is this part of its value at one worker: 0 or 1, the ends of a share.
    fn at_border(&self, free: &Line, part: f64) -> Option<Line> {
        let x: Vec<f64> = self.x.iter().map(|[one, slope, _]| one + part * slope).collect();
        let at_one = self.y.iter().zip(&x).map(|(y, x)| y / x).sum::<f64>() / x.len().max(1) as f64;
        let fitted: Vec<f64> = x.iter().map(|x| x * at_one).collect();
        let residuals = self.y.iter().zip(&fitted).map(|(y, f)| (y - f) / f).collect();
        (at_one > 0.0).then(|| Line { theta: [at_one, part * at_one, 0.0], fitted, residuals, ..free.clone() })
    }

    fn masked(&self, y: &[f64], mask: [bool; 3], rounds: u32) -> Option<Line> {
        let mut fitted = y.to_vec();
        let mut best = None;
        for _ in 0..rounds {
            let mut normal = [[0.0; 3]; 3];
            let mut right = [0.0; 3];
            for ((x, &y), &f) in self.x.iter().zip(y).zip(&fitted) {
                let x = on(x, mask);
                let weight = 1.0 / (f * f);
                for (row, &a) in normal.iter_mut().zip(&x) {
                    row.iter_mut().zip(&x).for_each(|(cell, &b)| *cell += weight * a * b);
                }
                right.iter_mut().zip(&x).for_each(|(cell, &a)| *cell += weight * a * y);
            }
            // A column that is left out stands apart, and its parameter is nothing.
            for (i, row) in normal.iter_mut().enumerate() {
                if let Some(cell) = row.get_mut(i).filter(|_| mask.get(i) == Some(&false)) {
                    *cell = 1.0;
                }
            }
            let inverse = inverse(&normal)?;
            let theta = times(&inverse, &right);
            fitted = self.x.iter().map(|x| dot(&on(x, mask), &theta)).collect();
            let [one, ..] = theta;
            if !(one > 0.0 && fitted.iter().all(|f| f.is_finite() && *f > 0.0)) {
                return None;
            }
            best = Some((theta, inverse));
        }
        let (theta, inverse) = best?;
        let residuals: Vec<f64> = y.iter().zip(&fitted).map(|(y, f)| (y - f) / f).collect();
        let left = y.len().saturating_sub(mask.iter().filter(|&&on| on).count());
        let mut line = Line { theta, inverse, fitted, residuals, variance: 0.0 };
        line.variance = line.squares() / left.max(1) as f64;
        Some(line)
    }

    /// The line of drawn values: each fitted value, moved by a relative distance that `pick` draws.
    pub(super) fn again(&self, line: &Line, pick: &mut dyn FnMut() -> f64) -> Option<Line> {
        let y: Vec<f64> = line.fitted.iter().map(|f| f * (1.0 + pick())).collect();
        if y.iter().any(|&y| y <= 0.0) {
            return None;
        }
        self.masked(&y, self.law.mask(), 2)
    }
}

fn on(x: &[f64; 3], mask: [bool; 3]) -> [f64; 3] {
    let ([a, b, c], [p, q, r]) = (*x, mask.map(f64::from));
    [a * p, b * q, c * r]
}

impl Line {
    fn squares(&self) -> f64 {
        self.residuals.iter().map(|r| r * r).sum()
    }

    /// The standard error of a figure that follows from the parameters, by its gradient (delta method).
    pub(super) fn error_of(&self, figure: &dyn Fn(&Theta) -> f64) -> f64 {
        let [one, ..] = self.theta;
        let step = one.abs() * 1e-6;
        let mut gradient = [0.0; 3];
        for (i, slope) in gradient.iter_mut().enumerate() {
            let moved = |by: f64| {
                let mut theta = self.theta;
                if let Some(p) = theta.get_mut(i) {
                    *p += by;
                }
                figure(&theta)
            };
            *slope = (moved(step) - moved(-step)) / (2.0 * step);
        }
        (dot(&gradient, &times(&self.inverse, &gradient)) * self.variance).max(0.0).sqrt()
    }

    /// Largest relative distance of a sample.
    pub(super) fn worst(&self) -> f64 {
        self.residuals.iter().fold(0.0, |worst, r| r.abs().max(worst))
    }
}
