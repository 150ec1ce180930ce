import type { Node } from "./bonds.ts";
import { type Cluster, clustering } from "./cluster.ts";
import { componentsOf, type SetBonds } from "./components.ts";

/**
 * Clusters a large set in memory as `clustering` would, one component after the other: what it takes to cluster one is forgotten with it,
 * and most are of two records, or of one.
 */
export function clusterAll(nodes: readonly Node[], rulesVersion: string, bonds: SetBonds = {}): Cluster[] {
  const clusters: Cluster[] = [];
  for (const component of componentsOf(nodes, bonds)) {
    for (const found of clustering(component.nodes, rulesVersion, component.bonds).clusters) clusters.push(found);
  }
  return clusters;
}
