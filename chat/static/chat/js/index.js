import { ThemeView } from "./theme_view.js";

new ThemeView();
