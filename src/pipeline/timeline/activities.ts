import type { TimelineEvent } from "../../model/event.ts";
import type { RecordFields } from "../../model/kinds.ts";
import { became, created, first, type KindRules, once, type Step } from "./step.ts";

type Activity = RecordFields<"activity">;
const happened = ({ now, createdAt }: Step<"activity">) => now.occurred_at ?? createdAt;
const stated = (now: Activity) => now.direction ?? "none";
const isHeld = (fields: Activity | null) =>
  fields?.type === "meeting" && fields.status !== "open" && fields.status !== "cancelled";
const activityTitle = (word: string) => (now: Activity) => (now.subject ? `${word}: ${now.subject}` : word);
const ofType =
  (...types: Activity["type"][]) =>
  (step: Step<"activity">) =>
    first(step) && types.includes(step.now.type);
const activityChannels: Partial<Record<NonNullable<Activity["type"]>, TimelineEvent["channel"]>> = {
  email: "email",
  call: "phone",
  meeting: "meeting",
  form: "web",
  page_view: "web",
  survey: "web",
};

export const activity: KindRules<"activity"> = {
  channel: (now) => (now.type && activityChannels[now.type]) ?? "other",
  facts: (now) => ({
    type: now.type,
    direction: now.direction,
    status: now.status,
    subject: now.subject,
    rating: now.rating,
  }),
  events: [
    {
      kind: "email.received",
      when: (step) => ofType("email")(step) && step.now.direction === "inbound",
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("E-mail received"),
    },
    {
      kind: "email.sent",
      when: (step) => ofType("email")(step) && step.now.direction !== "inbound",
      at: happened,
      occurrence: once,
      direction: "outbound",
      title: activityTitle("E-mail sent"),
    },
    {
      kind: "call.logged",
      when: ofType("call"),
      at: happened,
      occurrence: once,
      direction: stated,
      title: activityTitle("Call"),
    },
    {
      kind: "meeting.booked",
      when: (step) => ofType("meeting")(step) && step.now.status === "open",
      at: created,
      occurrence: once,
      direction: stated,
      title: activityTitle("Meeting booked"),
    },
    {
      kind: "meeting.held",
      when: ({ before, now }) => isHeld(now) && !isHeld(before),
      at: happened,
      direction: stated,
      title: activityTitle("Meeting held"),
    },
    { kind: "note.added", when: ofType("note"), at: happened, occurrence: once, title: activityTitle("Note") },
    { kind: "task.created", when: ofType("task"), at: created, occurrence: once, title: activityTitle("Task") },
    {
      kind: "task.completed",
      when: (step) => step.now.type === "task" && became<"activity", "status">("status", "done")(step),
      at: ({ now, changedAt }) => now.ended_at ?? changedAt,
      title: activityTitle("Task done"),
    },
    {
      kind: "form.submitted",
      when: ofType("form"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Filled in a form"),
    },
    {
      kind: "page.viewed",
      when: ofType("page_view"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Page viewed"),
    },
    {
      kind: "survey.answered",
      when: ofType("survey"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Survey answered"),
    },
    {
      kind: "activity.logged",
      when: ofType("other", undefined),
      at: happened,
      occurrence: once,
      direction: stated,
      title: activityTitle("Activity"),
    },
  ],
};
