"""The protocol as python-socketio sees it: a second opinion on the wire format."""

import time

import pytest

from client import NAMESPACES
from server import token_for


def test_welcome_on_every_namespace(connect):
    client = connect(namespaces=NAMESPACES)
    for namespace in NAMESPACES:
        welcome = client.wait_for("welcome", namespace)
        assert set(welcome) == {"message", "socketId", "serverTime"}
        assert welcome["socketId"] == client.sio.get_sid(namespace)


def test_the_handshake_signs_in_on_every_namespace(connect, user):
    client = connect(namespaces=NAMESPACES, token=token_for(user))
    for namespace in NAMESPACES:
        assert client.wait_for("authenticated", namespace)["userId"] == user
        client.wait_for("welcome", namespace)
        # Their order is checked where one thread reads: python-socketio takes one for each.
        events = [entry[1] for entry in client.record if entry[0] == namespace]
        assert sorted(events) == ["authenticated", "welcome"]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_authenticate_and_logout(connect, user, namespace):
    client = connect(namespaces=[namespace])
    refused = client.call("authenticate", {"token": "not a token"}, namespace=namespace)
    assert refused == {"success": False, "error": "Invalid token"}
    assert client.wait_for("authError", namespace) == {"message": "Invalid token"}
    answer = client.call("authenticate", {"token": token_for(user)}, namespace=namespace)
    assert answer == {"success": True, "userId": user}
    assert client.wait_for("authenticated", namespace)["userId"] == user
    assert client.call("logout", namespace=namespace) == {"success": True}
    assert set(client.wait_for("loggedOut", namespace)) == {"message"}


def test_rooms(signed_in, user):
    room = "project-123"
    assert signed_in.call("joinRoom", room) == {"success": True, "room": room}
    assert signed_in.wait_for("roomJoined") == {"room": room, "success": True}
    info = signed_in.call("getConnectionInfo")
    assert info["rooms"] == [signed_in.sio.get_sid("/"), f"user:{user}", room]
    assert info["authenticated"] is True and info["connected"] is True
    assert signed_in.call("leaveRoom", room) == {"success": True, "room": room}
    assert signed_in.wait_for("roomLeft") == {"room": room, "success": True}
    refused = signed_in.call("joinRoom", "user:somebody")
    assert refused == {"success": False, "error": "Room is reserved"}


def test_ping_and_heartbeat(connect):
    client = connect()
    assert abs(client.call("ping")["timestamp"] / 1000 - time.time()) < 5
    assert set(client.wait_for("pong")) == {"timestamp"}
    assert client.call("heartbeat")["latency"] is None
    answer = client.call("heartbeat", {"timestamp": int(time.time() * 1000) - 100})
    assert 100 <= answer["latency"] < 5000
    assert len(client.wait_for_count(2, "heartbeatAck")) == 2


def test_an_execution_streams_and_completes(signed_in, user):
    accepted = signed_in.call("claude:execute", {"prompt": "hello slowly"})
    assert accepted["success"] is True
    result = signed_in.wait_for("claude:complete")["result"]
    chunks = [event["data"] for event in signed_in.received("claude:progress") if "data" in event]
    assert "".join(chunks) == result["stdout"] == "Hello from the mock API."
    assert len(chunks) > 1, "the answer streams"
    assert result["id"] == accepted["processId"]
    assert (result["userId"], result["status"], result["exitCode"]) == (user, "completed", 0)
    assert result["parsedResponse"]["usage"]["totalTokens"] == 17
    status = signed_in.call("claude:status", accepted["processId"])
    assert status == {"success": True, "status": "completed"}


def test_an_execution_is_cancelled(signed_in):
    process_id = signed_in.call("claude:execute", {"prompt": "sleep"})["processId"]
    answer = signed_in.call("claude:cancel", process_id)
    assert answer == {"success": True, "message": "Process cancelled successfully"}
    error = signed_in.wait_for("claude:error")
    assert (error["processId"], error["code"]) == (process_id, "CANCELLED")


def test_executing_needs_a_user(connect):
    client = connect()
    sentence = "Authentication required to execute Claude commands"
    answer = client.call("claude:execute", {"prompt": "hello"})
    assert answer == {"success": False, "error": sentence}
    error = client.wait_for("claude:error")
    assert (error["code"], error["message"]) == ("UNAUTHORIZED", sentence)


def test_media_is_published_to_its_subscribers(server, connect):
    client = connect(namespaces=["/media"])
    answer = client.call("subscribeMedia", "m1", namespace="/media")
    assert answer == {"success": True, "mediaId": "m1"}
    payload = {"mediaId": "m1", "progress": 12.5, "stage": "rendering é🦀"}
    body = {"namespace": "/media", "mediaId": "m1", "event": "mediaProgress", "payload": payload}
    assert server.publish(body) == (202, {"delivered": 1})
    assert client.wait_for("mediaProgress", "/media") == payload
    done = client.call("unsubscribeMedia", "m1", namespace="/media")
    assert done == {"success": True, "mediaId": "m1"}
    assert server.publish(body) == (202, {"delivered": 0})


def test_bad_input_is_answered_once(connect):
    client = connect()
    for arguments in [(), (42,), ([1],), (b"binary",), ({"room": b"binary"},)]:
        answer = client.call("joinRoom", *arguments)
        assert answer["success"] is False
        assert answer["error"]
    unknown = client.call("noSuchEvent", "x")
    assert unknown["success"] is False
    codes = [error["code"] for error in client.wait_for_count(6, "error")]
    assert codes == ["INVALID_PAYLOAD"] * 5 + ["UNKNOWN_EVENT"]
