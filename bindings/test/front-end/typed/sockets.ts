// The connections of the application, and who is signed in.

import { io } from "socket.io-client";
import type { MediaSocket, NotificationsSocket, RootSocket } from "@slopstudios/protocol";

const url = "http://localhost:3000";

export const socket: RootSocket = io(url, { autoConnect: false });
export const media: MediaSocket = io(`${url}/media`, { autoConnect: false });
export const notifications: NotificationsSocket = io(`${url}/notifications`);

export function signIn(token: string): void {
  socket.auth = { token };
  media.auth = (send) => send({ token });
  socket.connect().emit("authenticate", { token });
  media.connect();
  media.emit("authenticate", { token });
  notifications.emit("authenticate", { token });
}

export function signOut(done: () => void): void {
  socket.emit("logout", done);
  socket.removeAllListeners("authenticated");
  media.disconnect();
}

socket.on("authenticated", ({ userId }) => console.log(userId));
socket.on("authenticated", (user) => console.log(user.userId, user.email?.length));
socket.on("authError", (error) => console.error(error));
socket.on("authError", ({ message }) => console.error(message));
socket.on("loggedOut", ({ message }) => console.log(message));
