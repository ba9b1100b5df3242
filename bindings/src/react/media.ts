// Media: how far an item is, while a component shows it.

import type {
  MediaCompletePayload,
  MediaErrorPayload,
  MediaId,
  MediaProgressPayload,
} from "../types.js";
import { useMembership } from "./membership.js";
import { React } from "./react.js";

type Payload = MediaProgressPayload | MediaCompletePayload | MediaErrorPayload;
type Fields = MediaProgressPayload & MediaCompletePayload & MediaErrorPayload;

/**
 * The fields of the last event about a media item: `progress` and `stage`, or the `url` of the
 * complete one, or an `error`. Empty before the first event; `error` is there, too, when the server
 * has refused the subscription.
 */
export type MediaState = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/**
 * Subscribes to a media item while a component is mounted; components that show the same item
 * share the subscription. Without an id nothing is subscribed.
 */
export function useMedia(mediaId: MediaId | undefined): MediaState {
  const [heard, setHeard] = React.useState<MediaState>({});
  const hear = (payload: Payload) => payload.mediaId === mediaId && setHeard(payload);
  const { error } = useMembership("subscribeMedia", "unsubscribeMedia", mediaId, {
    mediaProgress: hear,
    mediaComplete: hear,
    mediaError: hear,
  });
  return heard.mediaId === mediaId ? heard : { error: error?.message };
}
