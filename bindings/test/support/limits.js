// What a page downloads at most, minified and compressed: bytes by subpath.

export const LIMITS = { "": 1000, "/validate": 2500, "/client": 2500, "/react": 1000 };
