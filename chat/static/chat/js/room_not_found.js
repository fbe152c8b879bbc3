// Entry point of the page that says that there is no room at its address.
import { forgetRoomOfPage } from "./forgetting/lost_rooms.js";

forgetRoomOfPage();
