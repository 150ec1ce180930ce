import type { Explanation } from "../hub/queries/explain.ts";
import { Citations } from "./customer-journey.tsx";
import { Foreign, Moment, pointsText, wordText } from "./format.tsx";
import { type Column, Empty, Table, type View } from "./parts.tsx";

type Score = NonNullable<Explanation["score"]>;

/** A customer's score with every rule that has a part in it. */
export function ScoreSection({ score, view }: { score: Explanation["score"]; view: View }) {
  return (
    <section aria-labelledby="score">
      <h2 id="score">Score</h2>
      {score === null ? (
        <Empty>No score is derived yet; it follows the next change by itself.</Empty>
      ) : (
        <>
          <p class="lead">
            <strong>{pointsText(score.value)}</strong>, grade <strong>{score.grade}</strong>
          </p>
          <p>
            <Foreign>{score.reason}</Foreign>
          </p>
          <Table
            caption={`${sums(score)}; the points of each rule before caps. Rules of version ${score.rule_version}`}
            columns={contributionColumns(view)}
            rows={score.contributions}
            empty="No rule gives it points."
          />
          <p class="quiet">
            As of <Moment at={score.as_of} times={view.times} />
          </p>
        </>
      )}
    </section>
  );
}

function sums({ dimensions }: Score): string {
  return Object.entries(dimensions)
    .map(([name, points]) => `${wordText(name)} ${pointsText(points)}`)
    .join(", ");
}

function contributionColumns(view: View): Column<Score["contributions"][number]>[] {
  return [
    { head: "Why", cell: ({ text }) => <Foreign>{text}</Foreign> },
    { head: "Part of", cell: ({ dimension }) => wordText(dimension) },
    { head: "Rule", cell: ({ rule }) => <code>{rule}</code> },
    { head: "Points", isNumber: true, cell: ({ points }) => signed(points) },
    {
      head: "On these events",
      cell: ({ events }) =>
        events.length === 0 ? <span class="quiet">its fields</span> : <Citations events={events} view={view} />,
    },
  ];
}

function signed(points: number): string {
  return `${points > 0 ? "+" : ""}${pointsText(points)}`;
}
