// What other services send: media and notifications.

import { useEffect, useReducer, useState } from "react";
import { media, notifications, socket } from "./sockets";

interface Item {
  id: string;
  percent: number;
}

interface Toast {
  id: string;
  type: "info" | "danger";
  body: string;
}

export function MediaItem({ mediaId }: { mediaId: string }) {
  const [item, setItem] = useState<Item>();
  const [image, setImage] = useState("");

  useEffect(() => {
    media.emit("subscribe", mediaId); // drift
    media.emit("subscribeMedia", { mediaId }); // drift
    socket.emit("subscribeMedia", mediaId); // drift
    media.on("media:progress", setItem); // drift
    media.on("mediaProgress", setItem); // drift
    const progressed = (id: string, percent: number) => setItem({ id, percent });
    media.on("mediaProgress", ({ media_id, progress }) => progressed(media_id, progress)); // drift
    media.on("mediaComplete", ({ thumbnail_url }) => setImage(thumbnail_url)); // drift
    media.on("mediaComplete", ({ thumbnailUrl }) => setImage(thumbnailUrl)); // drift
    media.on("mediaComplete", ({ metadata }) => setImage(metadata?.width.toFixed())); // drift
    media.on("mediaError", ({ message }) => setImage(message)); // drift
    media.on("mediaFailed", console.error); // drift
    media.on("notification", console.log); // drift
    return () => {
      media.emit("unsubscribeMedia"); // drift
    };
  }, [mediaId]);

  return <img src={image} alt={item?.id} />;
}

export function Toasts() {
  const [toasts, add] = useReducer((all: Toast[], one: Toast) => [...all, one], []);

  useEffect(() => {
    notifications.on("notification", add); // drift
    notifications.on("notifications", add); // drift
    notifications.on("notification", ({ body }) => console.log(body)); // drift
    notifications.on("notification", ({ type, timestamp }) => {
      if (type === "danger") console.warn(timestamp.getTime()); // drift
    });
    notifications.on("notification", (one) => console.log(one.data.link)); // drift
    return () => {
      notifications.off("notification", add); // drift
    };
  }, []);

  return (
    <>
      {toasts.map((toast) => (
        <p key={toast.id}>{toast.body}</p>
      ))}
    </>
  );
}
