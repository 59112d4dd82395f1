// The page of one card. What is asked here is answered on the chat page, where this tab's conversation is; where the
// tab cannot keep the question for the way there, the form posts.

import * as memory from "./memory.js";
import { whenSent } from "./forms.js";
import "./share.js";

whenSent((sent) => {
  if (!memory.send(sent)) return false;
  location.assign(document.body.dataset.home);
  return true;
});
