// The connections of the application, and who is signed in.

import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import type { Socket as MediaSocket } from "socket.io-client";
import type { Socket as NotificationsSocket } from "socket.io-client";

const url = "http://localhost:3000";

export const socket: Socket = io(url, { autoConnect: false });
export const media: MediaSocket = io(`${url}/media`, { autoConnect: false });
export const notifications: NotificationsSocket = io(`${url}/notifications`);

export function signIn(token: string): void {
  socket.auth = { jwt: token }; // drift
  media.auth = (send) => send({ token });
  socket.connect().emit("auth", { token }); // drift
  media.connect();
  media.emit("authenticate", token); // drift
  notifications.emit("authenticate", { accessToken: token }); // drift
}

export function signOut(done: () => void): void {
  socket.emit("logout", { everywhere: true }, done); // drift
  socket.removeAllListeners("authenticate"); // drift
  media.disconnect();
}

socket.on("authenticated", ({ user_id }) => console.log(user_id)); // drift
socket.on("authenticated", (user) => console.log(user.userId, user.roles.length)); // drift
socket.on("auth_error", (error) => console.error(error)); // drift
socket.on("authError", ({ error }) => console.error(error)); // drift
socket.on("loggedOut", (reason: string) => console.log(reason)); // drift
