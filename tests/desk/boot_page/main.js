// The desk without its page: tests call its workers by hand.

import { openDesk } from "../../../desk/page/boot/desk.js";

globalThis.desk = openDesk();
