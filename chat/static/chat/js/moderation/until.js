import { timeOrDate } from "../lib/time.js";

const FOR_GOOD = 9999; // the year: chat/models/sanction.py

/**
 * A sentence until when something is so.
 * @param {string} moment  of the server
 * @param {(time: string) => string} until  makes the sentence
 * @param {string} forGood  the sentence without a time
 */
export const untilText = (moment, until, forGood) =>
  new Date(moment).getUTCFullYear() === FOR_GOOD ? forGood : until(timeOrDate(new Date(moment)));
