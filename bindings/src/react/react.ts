// React, imported once for all modules. What they use of it is there since version 18.

import * as React from "react";
export { React };
