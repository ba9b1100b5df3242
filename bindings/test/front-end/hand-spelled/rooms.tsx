// Rooms: a hook that joins, and a list of who is where.

import { useEffect, useState } from "react";
import { socket } from "./sockets";

interface Joined {
  success: boolean;
}

export function useRoom(room: string): boolean {
  const [joined, setJoined] = useState(false);

  useEffect(() => {
    socket.emit("join", { room }); // drift
    socket.emit("joinRoom", { room }); // drift
    socket.emit("joinRoom", room, ({ ok }: { ok: boolean }) => setJoined(ok)); // drift
    socket.emit("joinRoom", room, (error: Error | null, ok: boolean) => setJoined(!error && ok)); // drift
    socket.timeout(5000).emit("joinRoom", room, (response: Joined) => setJoined(response.success)); // drift
    socket.on("room_joined", () => setJoined(true)); // drift
    const left = ({ name }: { name: string }) => setJoined(name !== room);
    socket.on("roomLeft", left); // drift
    return () => {
      socket.emit("leave", room); // drift
      socket.off("roomLeft", left); // drift
    };
  }, [room]);

  return joined;
}

export function RoomList() {
  const [rooms, setRooms] = useState<string[]>([]);

  async function refresh() {
    const info = await socket.emitWithAck("getConnectionInfo");
    setRooms(info.rooms.map((room: { name: string }) => room.name)); // drift
    const later = await socket.timeout(5000).emitWithAck("getConnectionInfo");
    setRooms(later.joinedRooms); // drift
    const { error } = await socket.volatile.emitWithAck("joinRoom"); // drift
    const left = await socket.emitWithAck("leaveRoom", rooms); // drift
    const status = await socket.emitWithAck("getStatus"); // drift
    console.log(error, left, status);
  }

  return (
    <ul onClick={refresh}>
      {rooms.map((room) => (
        <li key={room}>{room}</li>
      ))}
    </ul>
  );
}
