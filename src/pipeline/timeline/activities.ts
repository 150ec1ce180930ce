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
  screen_view: "app",
  action: "web",
  survey: "web",
};

export const activity: KindRules<"activity"> = {
  channel: (now) => now.channel ?? (now.type && activityChannels[now.type]) ?? "other",
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
      kind: "screen.viewed",
      when: ofType("screen_view"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Screen viewed"),
    },
    {
      kind: "action.tracked",
      when: ofType("action"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: activityTitle("Tracked"),
    },
    {
      kind: "survey.answered",
      when: ofType("survey"),
      at: happened,
      occurrence: once,
      direction: "inbound",
      title: surveyTitle,
      facts: surveyFacts,
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

const surveyNames: Partial<Record<NonNullable<Activity["survey_kind"]>, string>> = {
  nps: "NPS survey",
  csat: "Satisfaction survey (CSAT)",
  ces: "Effort survey (CES)",
};

/** @example "NPS survey answered with 9 of 10: How likely are you to recommend us?" */
function surveyTitle(now: Activity): string {
  const name = (now.survey_kind && surveyNames[now.survey_kind]) ?? "Survey";
  const of = now.rating_max === undefined ? "" : ` of ${now.rating_max}`;
  const score = now.rating === undefined ? "" : ` with ${now.rating}${of}`;
  return activityTitle(`${name} answered${score}`)(now);
}

/** `rating` stands among the facts of every activity; rules on surveys know it as `score` as well. */
function surveyFacts({ survey_kind, rating, rating_min, rating_max, body }: Activity): TimelineEvent["facts"] {
  return {
    ...(survey_kind === undefined ? {} : { kind: survey_kind }),
    ...(rating === undefined ? {} : { score: rating }),
    ...(rating_min === undefined ? {} : { scale_min: rating_min }),
    ...(rating_max === undefined ? {} : { scale_max: rating_max }),
    ...(body === undefined ? {} : { comment: body }),
  };
}
