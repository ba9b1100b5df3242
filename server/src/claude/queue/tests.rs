//! The queue as stories, and as a state machine against a simple model.

use super::*;
use proptest::prelude::*;

fn process(name: &str) -> ProcessId {
    ProcessId::new(name).unwrap()
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn order(queue: &Queue) -> Vec<&str> {
    queue.waiting().map(ProcessId::as_str).collect()
}

#[test]
fn one_user_is_served_in_the_order_of_arrival() {
    let mut queue = Queue::new(1, 10);
    assert_eq!(queue.admit(process("a1"), &user("a")), Admission::Start);
    for name in ["a2", "a3", "a4"] {
        assert_eq!(queue.admit(process(name), &user("a")), Admission::Wait);
    }
    assert_eq!(order(&queue), ["a2", "a3", "a4"]);
    assert_eq!(queue.position(&process("a4")), Some(2));
    assert_eq!(queue.start_next(), None);
    queue.remove(&process("a1"));
    assert_eq!(queue.start_next(), Some(process("a2")));
    assert_eq!(queue.position(&process("a4")), Some(1));
}

#[test]
fn fifty_prompts_of_one_user_do_not_starve_the_one_of_another() {
    let mut queue = Queue::new(5, 100);
    for number in 0..55 {
        queue.admit(process(&format!("a{number}")), &user("a"));
    }
    queue.admit(process("b"), &user("b"));
    assert_eq!(queue.position(&process("b")), Some(0));
}

#[test]
fn users_who_wait_take_turns() {
    let mut queue = Queue::new(1, 100);
    queue.admit(process("a0"), &user("a"));
    for name in ["a1", "a2", "a3"] {
        queue.admit(process(name), &user("a"));
    }
    for name in ["b1", "b2"] {
        queue.admit(process(name), &user("b"));
    }
    assert_eq!(order(&queue), ["b1", "a1", "b2", "a2", "a3"]);
}

#[test]
fn having_been_away_gives_nobody_a_head_start() {
    let mut queue = Queue::new(1, 100);
    queue.admit(process("a0"), &user("a"));
    for number in 1..20 {
        queue.remove(&process(&format!("a{}", number - 1)));
        queue.admit(process(&format!("a{number}")), &user("a"));
    }
    for number in 0..3 {
        queue.admit(process(&format!("b{number}")), &user("b"));
        queue.admit(process(&format!("a2{number}")), &user("a"));
    }
    assert_eq!(order(&queue), ["b0", "a20", "b1", "a21", "b2", "a22"]);
}

#[test]
fn prompts_that_were_given_up_cost_no_turns() {
    let mut queue = Queue::new(1, 100);
    queue.admit(process("c"), &user("c"));
    for number in 0..20 {
        queue.admit(process(&format!("a{number}")), &user("a"));
    }
    for number in 0..20 {
        queue.remove(&process(&format!("a{number}")));
    }
    queue.admit(process("a"), &user("a"));
    queue.admit(process("b"), &user("b"));
    assert_eq!(order(&queue), ["a", "b"]);
}

#[test]
fn a_newcomer_does_not_take_the_room_of_those_who_wait() {
    let mut queue = Queue::new(1, 10);
    queue.admit(process("a"), &user("a"));
    queue.admit(process("b"), &user("b"));
    queue.remove(&process("a"));
    assert_eq!(queue.admit(process("c"), &user("c")), Admission::Wait);
    assert_eq!(queue.start_next(), Some(process("b")));
}

#[test]
fn a_full_queue_takes_nobody() {
    let mut queue = Queue::new(1, 1);
    queue.admit(process("1"), &user("a"));
    queue.admit(process("2"), &user("a"));
    assert_eq!(queue.admit(process("3"), &user("b")), Admission::Full);
    assert_eq!(order(&queue), ["2"]);
}

#[test]
fn a_closed_queue_takes_nobody_and_starts_nobody() {
    let mut queue = Queue::new(1, 10);
    queue.admit(process("runs"), &user("a"));
    queue.admit(process("waits"), &user("a"));
    queue.close();
    assert_eq!(queue.admit(process("late"), &user("b")), Admission::Closed);
    assert!(queue.remove(&process("runs")));
    assert_eq!(queue.start_next(), None);
    assert_eq!(order(&queue), ["waits"]);
    assert!(queue.remove(&process("waits")));
}

#[derive(Debug, Clone)]
enum Step {
    Admit { user: u8 },
    Remove { index: usize },
    StartNext,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        40 => (0..4_u8).prop_map(|user| Step::Admit { user }),
        30 => any::<usize>().prop_map(|index| Step::Remove { index }),
        20 => Just(Step::StartNext),
        1 => Just(Step::Close),
    ]
}

/// What the queue must agree with: plain lists.
#[derive(Default)]
struct Model {
    running: Vec<ProcessId>,
    waiting: Vec<(ProcessId, u8)>,
    born: u32,
    is_closed: bool,
}

impl Model {
    fn take(&mut self, queue: &mut Queue, step: &Step) {
        match step {
            Step::Admit { user: owner } => self.admit(queue, *owner),
            Step::Remove { index } => self.remove(queue, *index),
            Step::StartNext => self.start_next(queue),
            Step::Close => {
                queue.close();
                self.is_closed = true;
            }
        }
    }

    fn admit(&mut self, queue: &mut Queue, owner: u8) {
        self.born += 1;
        let id = process(&format!("p{}", self.born));
        let may_start = self.running.len() < queue.max_running && self.waiting.is_empty();
        let admission = queue.admit(id.clone(), &user(&format!("u{owner}")));
        assert_eq!(admission == Admission::Closed, self.is_closed);
        match admission {
            Admission::Closed => {}
            Admission::Start => {
                assert!(may_start);
                self.running.push(id);
            }
            Admission::Wait => {
                assert!(!may_start && self.waiting.len() < queue.max_waiting);
                self.waiting.push((id, owner));
            }
            Admission::Full => assert!(!may_start && self.waiting.len() == queue.max_waiting),
        }
    }

    fn remove(&mut self, queue: &mut Queue, index: usize) {
        let all = self.running.len() + self.waiting.len();
        if all == 0 {
            return;
        }
        let index = index % all;
        let id = match index.checked_sub(self.running.len()) {
            None => self.running.swap_remove(index),
            Some(index) => self.waiting.remove(index).0,
        };
        assert!(queue.remove(&id));
        assert!(!queue.remove(&id));
    }

    fn start_next(&mut self, queue: &mut Queue) {
        let has_room = self.running.len() < queue.max_running;
        let could = !self.is_closed && has_room && !self.waiting.is_empty();
        let next = queue.start_next();
        assert_eq!(next.is_some(), could);
        let Some(id) = next else { return };
        let place = self
            .waiting
            .iter()
            .position(|(waiting, _)| *waiting == id)
            .unwrap();
        let (_, owner) = self.waiting.remove(place);
        // Within one user the earlier arrival goes first.
        assert!(
            !self.waiting[..place]
                .iter()
                .any(|(_, other)| *other == owner)
        );
        self.running.push(id);
    }

    fn compare(&self, queue: &Queue) {
        assert_eq!(
            queue.running.iter().collect::<HashSet<_>>(),
            self.running.iter().collect()
        );
        assert_eq!(queue.waiting_count(), self.waiting.len());
        for (position, id) in queue.waiting().enumerate() {
            assert_eq!(queue.position(id), Some(position));
            assert!(self.waiting.iter().any(|(waiting, _)| waiting == id));
        }
        assert!(self.running.iter().all(|id| queue.position(id).is_none()));
    }
}

proptest! {
    /// No process is ever in two places, lost, or started twice, whatever happens.
    #[test]
    fn every_process_is_in_exactly_one_place(
        max_running in 1..4_usize,
        max_waiting in 0..6_usize,
        steps in prop::collection::vec(step(), 0..200),
    ) {
        let mut queue = Queue::new(max_running, max_waiting);
        let mut model = Model::default();
        for step in &steps {
            model.take(&mut queue, step);
            model.compare(&queue);
        }
    }

    /// A newcomer waits for at most one process of each other user.
    #[test]
    fn nobody_waits_for_more_than_one_turn_of_each_other_user(
        crowd in prop::collection::vec(0..3_u8, 1..60),
    ) {
        let mut queue = Queue::new(1, 1000);
        queue.admit(process("first"), &user("u0"));
        for (number, owner) in crowd.iter().enumerate() {
            queue.admit(process(&format!("p{number}")), &user(&format!("u{owner}")));
        }
        queue.admit(process("newcomer"), &user("newcomer"));
        prop_assert!(queue.position(&process("newcomer")).unwrap() <= 3);
    }
}
