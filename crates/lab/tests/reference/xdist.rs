//! pytest-xdist 3.8 message by message. Messages take no time; of several workers that are done at the same moment the
//! controller hears the first first.

use std::collections::VecDeque;

use lanescope_lab::replay::{Setting, TestTable};
use lanescope_protocol::Mode;

pub struct Ran {
    pub worker: Vec<u32>,
    pub start_us: Vec<i64>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Item {
    Test(u32),
    Shutdown,
}

/// `remote.py`: `WorkerInteractor`.
struct Worker {
    torun: VecDeque<Item>,
    next_item: Option<Item>,
    running: Option<(u32, i64)>,
    free_us: i64,
    last: Option<u32>,
    over: bool,
    shutting_down: bool,
}

struct Session<'a> {
    table: &'a TestTable,
    setting: &'a Setting<'a>,
    workers: Vec<Worker>,
    now: i64,
    ran: Ran,
    // Controller.
    pending: Vec<Vec<u32>>,
    pool: Vec<u32>,
    steal_from: Option<usize>,
    queue: VecDeque<Vec<u32>>,
    max_chunk: usize,
}

fn of(column: &[i64], i: u32) -> i64 {
    column.get(i as usize).copied().unwrap_or(0)
}

impl Session<'_> {
    /// Time in a test for the worker, with what it sets up.
    fn took(&self, last: Option<u32>, test: u32) -> i64 {
        let (t, i) = (self.table, test as usize);
        let mut us = t.us[i];
        if last.is_none() {
            us += t.session_us;
        }
        if last.is_none_or(|l| t.file[l as usize] != t.file[i]) {
            us += of(&t.file_us, t.file[i]);
        }
        if last.is_none_or(|l| t.scope[l as usize] != t.scope[i]) {
            us += of(&t.scope_us, t.scope[i]);
        }
        us
    }

    /// `pytest_runtestloop` and `run_one_test`, as far as the queue goes.
    fn pump(&mut self, w: usize) {
        let now = self.now;
        let worker = &mut self.workers[w];
        if worker.over || worker.running.is_some() {
            return;
        }
        if worker.next_item.is_none() {
            worker.next_item = worker.torun.pop_front();
        }
        match worker.next_item {
            None => {}
            Some(Item::Shutdown) => worker.over = true,
            Some(Item::Test(test)) => {
                let Some(next) = worker.torun.pop_front() else { return };
                worker.next_item = Some(next);
                let gap = if worker.last.is_some() { self.setting.gap_us } else { 0 };
                let (last, start) = (worker.last.replace(test), now.max(worker.free_us) + gap);
                let took = self.took(last, test);
                self.workers[w].running = Some((test, start + took));
                self.ran.worker[test as usize] = w as u32;
                self.ran.start_us[test as usize] = start;
            }
        }
    }

    fn send(&mut self, w: usize, tests: &[u32]) {
        self.workers[w].torun.extend(tests.iter().map(|&t| Item::Test(t)));
        self.pump(w);
    }

    fn shutdown(&mut self, w: usize) {
        if !self.workers[w].shutting_down {
            self.workers[w].shutting_down = true;
            self.workers[w].torun.push_back(Item::Shutdown);
            self.pump(w);
        }
    }

    fn send_from_pool(&mut self, w: usize, n: usize) {
        let tests: Vec<u32> = self.pool.drain(..n.min(self.pool.len())).collect();
        self.pending[w].extend(&tests);
        self.send(w, &tests);
    }

    // load.py

    fn load_schedule(&mut self) {
        let (n, m) = (self.pool.len(), self.workers.len());
        if n < 2 * m {
            for i in 0..n {
                self.send_from_pool(i % m, 1);
            }
        } else {
            let chunk = (n / m / 4).min(self.max_chunk).max(2);
            for w in 0..m {
                self.send_from_pool(w, chunk);
            }
        }
        if self.pool.is_empty() {
            (0..m).for_each(|w| self.shutdown(w));
        }
    }

    fn load_check(&mut self, w: usize, duration: i64) {
        if self.workers[w].shutting_down {
            return;
        }
        if self.pool.is_empty() {
            self.shutdown(w);
            return;
        }
        let m = self.workers.len();
        let (min, max) = ((self.pool.len() / m / 4).max(2), (self.pool.len() / m / 2).max(2));
        let mine = self.pending[w].len();
        if mine < min {
            if duration >= 100_000 && mine >= 2 {
                return;
            }
            let chunk = self.max_chunk.max(2_usize.saturating_sub(mine));
            self.send_from_pool(w, (max - mine).min(chunk));
        }
    }

    // worksteal.py

    fn steal_check(&mut self) {
        let up: Vec<usize> = (0..self.workers.len()).filter(|&w| !self.workers[w].shutting_down).collect();
        let idle = |s: &Self| -> Vec<usize> { up.iter().copied().filter(|&w| s.pending[w].len() < 2).collect() };
        let mut idle_nodes = idle(self);
        if idle_nodes.is_empty() {
            return;
        }
        if !self.pool.is_empty() {
            for (i, &w) in idle_nodes.iter().enumerate() {
                self.send_from_pool(w, self.pool.len() / (idle_nodes.len() - i));
            }
            idle_nodes = idle(self);
            if idle_nodes.is_empty() {
                return;
            }
        }
        if self.steal_from.is_some() {
            return;
        }
        let mut from = None;
        for &w in &up {
            if from.is_none_or(|f: usize| self.pending[w].len() > self.pending[f].len()) {
                from = Some(w);
            }
        }
        let steal = from.map_or(0, |f| (self.pending[f].len() / 2).min(self.pending[f].len().saturating_sub(2)));
        if steal == 0 {
            idle_nodes.into_iter().for_each(|w| self.shutdown(w));
            return;
        }
        let from = from.unwrap();
        let at = self.pending[from].len() - steal;
        let wanted = self.pending[from][at..].to_vec();
        self.steal_from = Some(from);
        // The worker's answer: all of them or none.
        let torun = &mut self.workers[from].torun;
        let stolen = if wanted.iter().all(|t| torun.contains(&Item::Test(*t))) {
            torun.retain(|i| !matches!(i, Item::Test(t) if wanted.contains(t)));
            wanted
        } else {
            Vec::new()
        };
        self.steal_from = None;
        self.pending[from].retain(|t| !stolen.contains(t));
        self.pool.extend(stolen);
        self.steal_check();
    }

    // loadscope.py

    fn assign(&mut self, w: usize) {
        let unit = self.queue.pop_front().unwrap();
        self.pending[w].extend(&unit);
        self.send(w, &unit);
    }

    fn reschedule(&mut self, w: usize) {
        if self.workers[w].shutting_down {
            return;
        }
        if self.queue.is_empty() {
            self.shutdown(w);
            return;
        }
        if self.pending[w].len() > 2 {
            return;
        }
        self.assign(w);
    }

    fn scope_schedule(&mut self) {
        let key = |t: u32| match self.setting.mode {
            Mode::Loadscope => self.table.scope[t as usize],
            Mode::Loadfile => self.table.file[t as usize],
            _ => self.table.group[t as usize],
        };
        let mut units: Vec<(u32, Vec<u32>)> = Vec::new();
        for t in self.pool.drain(..).collect::<Vec<_>>() {
            match units.iter_mut().find(|u| u.0 == key(t)) {
                Some(unit) => unit.1.push(t),
                None => units.push((key(t), vec![t])),
            }
        }
        units.sort_by_key(|u| std::cmp::Reverse(u.1.len()));
        self.queue = units.into_iter().map(|u| u.1).collect();
        let m = self.workers.len();
        let used = m.min(self.queue.len());
        (used..m).for_each(|w| self.shutdown(w));
        (0..used).for_each(|w| self.assign(w));
        (0..used).for_each(|w| self.reschedule(w));
        if self.queue.is_empty() {
            (0..used).for_each(|w| self.shutdown(w));
        }
    }

    fn tests_finished(&self) -> bool {
        self.pool.is_empty()
            && self.queue.is_empty()
            && self.steal_from.is_none()
            && self.pending.iter().all(|p| p.len() < 2)
    }
}

pub fn run(table: &TestTable, setting: &Setting<'_>) -> Ran {
    let m = setting.workers as usize;
    let worker = |i: usize| Worker {
        torun: VecDeque::new(),
        next_item: None,
        running: None,
        free_us: setting.ramp_us * i as i64,
        last: None,
        over: false,
        shutting_down: false,
    };
    let mut s = Session {
        table,
        setting,
        workers: (0..m).map(worker).collect(),
        now: 0,
        ran: Ran { worker: vec![u32::MAX; table.len()], start_us: vec![0; table.len()] },
        pending: vec![Vec::new(); m],
        pool: (0..table.len() as u32).collect(),
        steal_from: None,
        queue: VecDeque::new(),
        max_chunk: setting.max_chunk.map_or(table.len(), |c| c as usize),
    };
    if table.is_empty() {
        return s.ran;
    }
    match setting.mode {
        Mode::Load => s.load_schedule(),
        Mode::Worksteal => s.steal_check(),
        _ => s.scope_schedule(),
    }
    loop {
        let running = s.workers.iter().enumerate().filter_map(|(w, worker)| worker.running.map(|r| (r.1, w, r.0)));
        let Some((end, w, test)) = running.min() else { break };
        s.now = end;
        let gap_before = end - s.ran.start_us[test as usize];
        s.workers[w].running = None;
        s.workers[w].free_us = end;
        s.pending[w].retain(|&t| t != test);
        match setting.mode {
            Mode::Load => s.load_check(w, gap_before),
            Mode::Worksteal => s.steal_check(),
            _ => s.reschedule(w),
        }
        s.pump(w);
        if s.tests_finished() {
            (0..m).for_each(|w| s.shutdown(w));
        }
    }
    assert!(s.ran.worker.iter().all(|&w| w != u32::MAX), "the model left tests undone");
    s.ran
}
