// Rooms: a hook that joins, and a list of who is where.

import { useEffect, useState } from "react";
import type { RoomEventPayload } from "@slopstudios/protocol";
import { socket } from "./sockets";

export function useRoom(room: string): boolean {
  const [joined, setJoined] = useState(false);

  useEffect(() => {
    socket.emit("joinRoom", room);
    socket.emit("joinRoom", room, ({ success }) => setJoined(success));
    socket.timeout(5000).emit("joinRoom", room, (error, response) => {
      setJoined(!error && response.success);
    });
    socket.on("roomJoined", () => setJoined(true));
    const left = (left: RoomEventPayload) => setJoined(left.room !== room);
    socket.on("roomLeft", left);
    return () => {
      socket.emit("leaveRoom", room);
      socket.off("roomLeft", left);
    };
  }, [room]);

  return joined;
}

export function RoomList() {
  const [rooms, setRooms] = useState<string[]>([]);

  async function refresh() {
    const info = await socket.emitWithAck("getConnectionInfo");
    setRooms(info.rooms);
    const later = await socket.timeout(5000).emitWithAck("getConnectionInfo");
    setRooms(later.rooms);
    const { error } = await socket.volatile.emitWithAck("joinRoom", "project-123");
    const left = await socket.emitWithAck("leaveRoom", "project-123");
    console.log(error, left.success);
  }

  return (
    <ul onClick={refresh}>
      {rooms.map((room) => (
        <li key={room}>{room}</li>
      ))}
    </ul>
  );
}
