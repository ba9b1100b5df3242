// What other services send: media and notifications.

import { useEffect, useReducer, useState } from "react";
import type { MediaProgressPayload, NotificationPayload } from "@slopstudios/protocol";
import { media, notifications } from "./sockets";

export function MediaItem({ mediaId }: { mediaId: string }) {
  const [item, setItem] = useState<MediaProgressPayload>();
  const [image, setImage] = useState<string>();

  useEffect(() => {
    media.emit("subscribeMedia", mediaId);
    media.on("mediaProgress", setItem);
    media.on("mediaProgress", ({ progress }) => console.log(`${progress.toFixed()} %`));
    media.on("mediaComplete", ({ thumbnailUrl }) => setImage(thumbnailUrl));
    media.on("mediaComplete", ({ metadata }) => console.log(metadata?.width));
    media.on("mediaError", ({ error }) => console.error(error));
    return () => {
      media.emit("unsubscribeMedia", mediaId);
    };
  }, [mediaId]);

  return <img src={image} alt={item?.mediaId} />;
}

function append(all: NotificationPayload[], one: NotificationPayload): NotificationPayload[] {
  return [...all, one];
}

export function Toasts() {
  const [toasts, add] = useReducer(append, []);

  useEffect(() => {
    notifications.on("notification", add);
    notifications.on("notification", ({ message }) => console.log(message));
    notifications.on("notification", ({ type, timestamp }) => {
      if (type === "error") console.warn(new Date(timestamp).getTime());
    });
    notifications.on("notification", (one) => console.log(one.data?.link));
    return () => {
      notifications.off("notification", add);
    };
  }, []);

  return (
    <>
      {toasts.map((toast) => (
        <p key={toast.id}>{toast.message}</p>
      ))}
    </>
  );
}
