"""A client under test: python-socketio with a record of what it received, in order."""

import threading

import socketio

from server import PATIENCE_SECONDS

NAMESPACES = ["/", "/media", "/notifications"]


class Client:
    """One connection to all namespaces that a test names."""

    def __init__(self, url, transport, namespaces=("/",), token=None):
        self.record = []
        self._arrival = threading.Condition()
        self.sio = socketio.Client(reconnection=False)
        for namespace in namespaces:
            self.sio.on("*", self._recorder(namespace), namespace=namespace)
        self.sio.connect(
            url,
            auth={"token": token} if token else None,
            transports=[transport],
            namespaces=list(namespaces),
            wait_timeout=PATIENCE_SECONDS,
        )
        assert self.sio.transport() == transport

    def _recorder(self, namespace):
        def take(event, *payload):
            with self._arrival:
                self.record.append((namespace, event, *payload))
                self._arrival.notify_all()

        return take

    def call(self, event, *arguments, namespace="/"):
        """Emits and gives what the server called back with."""
        data = arguments if len(arguments) != 1 else arguments[0]
        data = None if not arguments else data
        return self.sio.call(event, data, namespace=namespace, timeout=PATIENCE_SECONDS)

    def received(self, event, namespace="/"):
        """Payloads of all events of this name so far."""
        return [entry[2] for entry in self.record if entry[:2] == (namespace, event)]

    def wait_for(self, event, namespace="/"):
        """The first event of this name, past or future."""
        with self._arrival:
            arrived = self._arrival.wait_for(
                lambda: self.received(event, namespace), timeout=PATIENCE_SECONDS
            )
            assert arrived, f"no {event} on {namespace} in time; received: {self.record}"
            return arrived[0]

    def wait_for_count(self, count, event, namespace="/"):
        """All events of this name, as soon as there are so many: each comes on a thread of its own."""
        with self._arrival:
            self._arrival.wait_for(
                lambda: len(self.received(event, namespace)) >= count, timeout=PATIENCE_SECONDS
            )
            return self.received(event, namespace)

    def close(self):
        """Disconnects."""
        self.sio.disconnect()
