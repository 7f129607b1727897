// Stands in for Ink's own in the bundle: each text of a frame is looked through twice, and most of them are those of the frame before.
import sanitizeAnsi from '../node_modules/ink/build/sanitize-ansi.js';
import { recent } from './recent.js';

export default recent(sanitizeAnsi);
