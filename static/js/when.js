// A moment as the page writes it: in the zone of the account, with twenty-four hours.

const timeZone = document.documentElement.dataset.zone || undefined;

export const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
export const moment = (at) => new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone });
