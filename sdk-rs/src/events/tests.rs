//! Queues: what they keep, what they drop, and where they say so.

use super::*;
use crate::engine::Data;
use slop_schema::Namespace;
use slop_schema::protocol::MediaProgress;
use std::sync::Arc;

fn event(number: usize) -> RawEvent {
    let payload = format!(r#"{{"mediaId":"m","progress":1,"stage":"{number}"}}"#);
    RawEvent {
        namespace: Namespace::Media,
        data: Data::new(format!(r#"["mediaProgress",{payload}]"#)),
        attachments: None,
    }
}

fn stream(bus: &Arc<Bus>, capacity: usize) -> EventStream<String> {
    EventStream::new(
        bus.clone(),
        Filter::event::<MediaProgress>(),
        capacity,
        |event| {
            event
                .payload::<MediaProgress>()
                .map(|payload| payload.stage)
        },
    )
}

#[tokio::test]
async fn gaps_are_told_where_they_are() {
    let bus = Arc::<Bus>::default();
    let mut stream = stream(&bus, 3);
    let mut delivery = Delivery::default();
    delivery.refresh(&bus);
    for number in 0..5 {
        delivery.deliver(event(number));
    }
    assert_eq!(stream.next().await, Some(Err(EventError::Lagged(2))));
    assert_eq!(stream.next().await, Some(Ok("2".into())));
    // The reader has taken three out; the queue has room again.
    for number in 5..10 {
        delivery.deliver(event(number));
    }
    for number in ["3", "4"] {
        assert_eq!(stream.next().await, Some(Ok(number.into())));
    }
    assert_eq!(stream.next().await, Some(Err(EventError::Lagged(2))));
    assert_eq!(stream.next().await, Some(Ok("7".into())));
    bus.end();
    assert_eq!(stream.next().await, Some(Ok("8".into())));
    assert_eq!(stream.next().await, Some(Ok("9".into())));
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_the_rest_goes_on() {
    let bus = Arc::<Bus>::default();
    let mut stream = stream(&bus, 9);
    let mut delivery = Delivery::default();
    delivery.refresh(&bus);
    let mut wrong = event(0);
    wrong.data = Data::new(r#"["mediaProgress",{"mediaId":7}]"#);
    let mut elsewhere = event(1);
    elsewhere.namespace = Namespace::Root;
    for event in [wrong, elsewhere, event(2)] {
        delivery.deliver(event);
    }
    let Some(Err(EventError::Undecodable(what))) = stream.next().await else {
        panic!("read");
    };
    assert_eq!(
        (what.event.as_str(), what.namespace),
        ("mediaProgress", Namespace::Media)
    );
    assert_eq!(stream.next().await, Some(Ok("2".into())));
}

#[tokio::test]
async fn a_reader_that_has_gone_gets_nothing_more() {
    let bus = Arc::<Bus>::default();
    let (kept, gone) = (stream(&bus, 9), stream(&bus, 9));
    let mut delivery = Delivery::default();
    delivery.refresh(&bus);
    assert_eq!(Arc::strong_count(&bus), 3);
    drop(gone);
    delivery.refresh(&bus);
    delivery.deliver(event(1));
    drop(kept);
    delivery.refresh(&bus);
    assert_eq!(Arc::strong_count(&bus), 1);
}
