//! The task life on a clock of plain numbers.

use contract::edition::EditionId;
use proptest::prelude::*;

use super::*;
use crate::habits::{Duty, Habits};

fn ideal() -> TaskHabits {
    Habits::ideal(EditionId::DEFAULT.row()).tasks
}

fn at(minutes: i64) -> HubTime {
    HubTime::from_micros(0).plus_minutes(minutes)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn queue(book: &mut TaskBook, number: u128, now: HubTime) {
    let new = NewTask {
        id: None,
        task_type: "cohort_query".into(),
        plaintext: "{}".into(),
        sealing: Sealing::Edition,
    };
    book.queue(id(number), new, now);
}

fn poll(book: &mut TaskBook, now: HubTime) -> Vec<Uuid> {
    let due = book.due(&ideal());
    for &task in &due {
        book.mark_dispatched(task, now);
    }
    due
}

fn status(book: &TaskBook, number: u128) -> TaskStatus {
    book.task(id(number)).expect("the task is known").status
}

#[test]
fn a_batch_holds_fifty_oldest_first_and_the_next_poll_the_rest() {
    let mut book = TaskBook::default();
    for number in 0..53 {
        queue(&mut book, number, at(0));
    }
    assert_eq!(poll(&mut book, at(0)), (0..50).map(id).collect::<Vec<_>>());
    assert_eq!(poll(&mut book, at(0)), (50..53).map(id).collect::<Vec<_>>());
    assert!(poll(&mut book, at(0)).is_empty());
}

#[test]
fn a_task_without_report_comes_back_after_thirty_minutes_and_not_before() {
    let mut book = TaskBook::default();
    queue(&mut book, 1, at(0));
    poll(&mut book, at(0));
    book.recover(at(29), &ideal());
    assert_eq!(status(&book, 1), TaskStatus::InProgress);
    book.recover(at(31), &ideal());
    assert_eq!(status(&book, 1), TaskStatus::Pending);
    assert_eq!(poll(&mut book, at(31)), [id(1)]);
}

#[test]
fn the_fourth_expiry_is_final_and_says_so() {
    let mut book = TaskBook::default();
    queue(&mut book, 1, at(0));
    for round in 0..4 {
        assert_eq!(poll(&mut book, at(round * 40)), [id(1)], "delivery {round}");
        book.recover(at(round * 40 + 39), &ideal());
    }
    let task = book.task(id(1)).expect("the task is known");
    assert_eq!((task.status, task.deliveries), (TaskStatus::Failed, 4));
    assert_eq!(task.result.as_deref(), Some(refusal::RETRIES_SPENT));
    assert!(poll(&mut book, at(200)).is_empty());
}

#[test]
fn a_report_is_final_and_a_late_one_is_refused_by_the_state() {
    let mut book = TaskBook::default();
    queue(&mut book, 1, at(0));
    let pending = Err(ReportRefusal::NotInProgress(TaskStatus::Pending));
    assert_eq!(book.report(id(1), true, None, &ideal()), pending);
    poll(&mut book, at(0));
    book.recover(at(31), &ideal());
    assert_eq!(book.report(id(1), true, None, &ideal()), pending);
    poll(&mut book, at(31));
    assert_eq!(book.report(id(1), true, Some("a".into()), &ideal()), Ok(()));
    let done = Err(ReportRefusal::NotInProgress(TaskStatus::Completed));
    assert_eq!(book.report(id(1), false, Some("b".into()), &ideal()), done);
    assert_eq!(book.task(id(1)).and_then(|task| task.result.as_deref()), Some("a"));
    assert_eq!(book.report(id(2), true, None, &ideal()), Err(ReportRefusal::Unknown));
}

#[test]
fn a_cancelled_task_is_never_handed_out_and_a_running_one_not_cancelled() {
    let mut book = TaskBook::default();
    queue(&mut book, 1, at(0));
    queue(&mut book, 2, at(0));
    assert_eq!(book.cancel(id(1)), Ok(()));
    assert_eq!(poll(&mut book, at(0)), [id(2)]);
    assert_eq!(book.cancel(id(2)), Err(ReportRefusal::NotInProgress(TaskStatus::InProgress)));
    let refused = book.report(id(1), true, None, &ideal());
    assert_eq!(refused, Err(ReportRefusal::NotInProgress(TaskStatus::Cancelled)));
}

#[test]
fn work_failed_by_a_stale_key_is_queued_again_unless_the_hub_buries_it() {
    let text = r#"{"error": "Invalid payload: failed authentication"}"#;
    for (requeue, expected) in
        [(Duty::Kept, TaskStatus::Pending), (Duty::Broken, TaskStatus::Failed)]
    {
        let habits = TaskHabits { requeue_unopened: requeue, ..ideal() };
        let mut book = TaskBook::default();
        queue(&mut book, 1, at(0));
        poll(&mut book, at(0));
        book.report(id(1), false, Some(text.into()), &habits).expect("it is in progress");
        assert_eq!(status(&book, 1), TaskStatus::Failed);
        book.recover(at(1), &habits);
        assert_eq!(status(&book, 1), expected);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Queue,
    Poll,
    Report(usize, bool),
    Cancel(usize),
    Advance(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Queue),
        Just(Step::Poll),
        (0_usize..20, any::<bool>()).prop_map(|(which, success)| Step::Report(which, success)),
        (0_usize..20).prop_map(Step::Cancel),
        (1_i64..45).prop_map(Step::Advance),
    ]
}

proptest! {
    #[test]
    fn no_task_is_lost_and_none_is_delivered_outside_the_rules(
        steps in proptest::collection::vec(step(), 1..120)
    ) {
        let mut book = TaskBook::default();
        let mut minute = 0;
        let mut queued = 0_u128;
        for step in steps {
            match step {
                Step::Queue => {
                    queue(&mut book, queued, at(minute));
                    queued += 1;
                }
                Step::Poll => {
                    for task in poll(&mut book, at(minute)) {
                        let task = book.task(task).expect("a delivered task is known");
                        prop_assert_eq!(task.status, TaskStatus::InProgress);
                        prop_assert_eq!(task.deliveries, task.retries + 1);
                        prop_assert!(task.deliveries <= 4);
                    }
                }
                Step::Report(which, success) => {
                    let before = book.task(id(which as u128)).map(|task| task.status);
                    let outcome = book.report(id(which as u128), success, None, &ideal());
                    prop_assert_eq!(outcome.is_ok(), before == Some(TaskStatus::InProgress));
                }
                Step::Cancel(which) => {
                    let before = book.task(id(which as u128)).map(|task| task.status);
                    let outcome = book.cancel(id(which as u128));
                    prop_assert_eq!(outcome.is_ok(), before == Some(TaskStatus::Pending));
                }
                Step::Advance(minutes) => {
                    minute += minutes;
                    book.recover(at(minute), &ideal());
                }
            }
            let all = book.all();
            prop_assert_eq!(all.len() as u128, queued);
            let waiting = all.iter().filter(|t| t.status == TaskStatus::Pending).count();
            prop_assert_eq!(waiting, book.pending.len());
            let running = all.iter().filter(|t| t.status == TaskStatus::InProgress).count();
            prop_assert_eq!(running, book.dispatched.len());
            for task in all {
                let reported = matches!(task.status, TaskStatus::Completed);
                prop_assert!(task.reports <= 1);
                prop_assert!(!reported || task.reports == 1);
            }
        }
    }
}
