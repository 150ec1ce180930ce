CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` text NOT NULL,
	`revoked_at` text
);
--> statement-breakpoint
CREATE TABLE `associations` (
	`from_key` text NOT NULL,
	`to_key` text NOT NULL,
	`role` text NOT NULL,
	`source_key` text NOT NULL,
	`valid_from` text NOT NULL,
	`valid_to` text NOT NULL,
	PRIMARY KEY(`from_key`, `to_key`, `role`, `source_key`, `valid_to`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `associations_to` ON `associations` (`to_key`,`role`);--> statement-breakpoint
CREATE INDEX `associations_source` ON `associations` (`source_key`);--> statement-breakpoint
CREATE TABLE `audits` (
	`connection` text NOT NULL,
	`stream` text NOT NULL,
	`object` text NOT NULL,
	`after` text,
	`pass` text,
	`last` text,
	`vendor_count` integer,
	`stored_count` integer,
	`updated_at` text NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`connection`, `stream`)
);
--> statement-breakpoint
CREATE TABLE `block_keys` (
	`key` integer NOT NULL,
	`first_seq` integer NOT NULL,
	PRIMARY KEY(`key`, `first_seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `channels` (
	`connection` text NOT NULL,
	`channel` text NOT NULL,
	`place` text,
	`owner` text,
	`incomplete` text,
	`heard` integer NOT NULL,
	`heard_at` text,
	`revision` integer NOT NULL,
	PRIMARY KEY(`connection`, `channel`)
);
--> statement-breakpoint
CREATE TABLE `comparables` (
	`first_seq` integer PRIMARY KEY NOT NULL,
	`record_key` text NOT NULL,
	`kind` text NOT NULL,
	`version` text NOT NULL,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`connector` text NOT NULL,
	`account` text,
	`status` text NOT NULL,
	`message` text,
	`checked_at` text
);
--> statement-breakpoint
CREATE TABLE `contested_fields` (
	`record_key` text NOT NULL,
	`field` text NOT NULL,
	`connection` text NOT NULL,
	`flips` text NOT NULL,
	`frozen_at` text,
	PRIMARY KEY(`record_key`, `field`)
);
--> statement-breakpoint
CREATE INDEX `contested_fields_frozen` ON `contested_fields` (`connection`,`frozen_at`);--> statement-breakpoint
CREATE TABLE `cursors` (
	`connection` text NOT NULL,
	`stream` text NOT NULL,
	`state` text NOT NULL,
	`records` integer NOT NULL,
	`updated_at` text NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`connection`, `stream`)
);
--> statement-breakpoint
CREATE TABLE `customers` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`golden` text NOT NULL,
	`first_seen_at` text NOT NULL,
	`revision` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `customers_name` ON `customers` (`kind`,`name`);--> statement-breakpoint
CREATE TABLE `dirty` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`since` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `errors` (
	`id` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`record_key` text NOT NULL,
	`step` text NOT NULL,
	`class` text NOT NULL,
	`fingerprint` text NOT NULL,
	`message` text NOT NULL,
	`remedy` text NOT NULL,
	`raw_seq` integer,
	`first_seen_at` text NOT NULL,
	`last_seen_at` text NOT NULL,
	`status` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `errors_record` ON `errors` (`record_key`);--> statement-breakpoint
CREATE INDEX `errors_status` ON `errors` (`status`,`last_seen_at`);--> statement-breakpoint
CREATE TABLE `events` (
	`record_key` text NOT NULL,
	`occurred_at` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`known_at` text NOT NULL,
	`direction` text NOT NULL,
	`channel` text NOT NULL,
	`title` text NOT NULL,
	`changes` text NOT NULL,
	`facts` text NOT NULL,
	PRIMARY KEY(`record_key`, `occurred_at`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `heads` (
	`record_key` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`version` text,
	`content_hash` text NOT NULL,
	`revision` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `identifiers` (
	`claim` text NOT NULL,
	`record_key` text NOT NULL,
	PRIMARY KEY(`claim`, `record_key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `identifiers_record` ON `identifiers` (`record_key`);--> statement-breakpoint
CREATE TABLE `inbox` (
	`connection` text NOT NULL,
	`dedupe_key` text NOT NULL,
	`seq` integer NOT NULL,
	`received_at` text NOT NULL,
	`content_hash` text NOT NULL,
	`body` blob NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	PRIMARY KEY(`connection`, `dedupe_key`)
);
--> statement-breakpoint
CREATE INDEX `inbox_waiting` ON `inbox` (`status`,`seq`);--> statement-breakpoint
CREATE TABLE `lanes` (
	`name` text PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `links` (
	`record_key` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`founder_id` text NOT NULL,
	`kind` text NOT NULL,
	`evidence` text NOT NULL,
	`revision` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `links_customer` ON `links` (`customer_id`);--> statement-breakpoint
CREATE INDEX `links_founder` ON `links` (`founder_id`);--> statement-breakpoint
CREATE TABLE `matches` (
	`left_key` text NOT NULL,
	`right_key` text NOT NULL,
	`weight` real NOT NULL,
	`probability` real NOT NULL,
	`apart` integer NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`left_key`, `right_key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `matches_right` ON `matches` (`right_key`);--> statement-breakpoint
CREATE INDEX `matches_apart` ON `matches` (`weight`) WHERE apart = 1;--> statement-breakpoint
CREATE TABLE `memberships` (
	`customer_id` text NOT NULL,
	`record_key` text NOT NULL,
	`role` text NOT NULL,
	`during` text NOT NULL,
	PRIMARY KEY(`customer_id`, `record_key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `memberships_record` ON `memberships` (`record_key`);--> statement-breakpoint
CREATE TABLE `overrides` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`left_key` text NOT NULL,
	`right_key` text NOT NULL,
	`by` text NOT NULL,
	`at` text NOT NULL,
	`reason` text NOT NULL,
	`revoked_at` text,
	`revoked_by` text,
	`revoked_reason` text
);
--> statement-breakpoint
CREATE INDEX `overrides_left` ON `overrides` (`left_key`);--> statement-breakpoint
CREATE INDEX `overrides_right` ON `overrides` (`right_key`);--> statement-breakpoint
CREATE TABLE `pins` (
	`id` text PRIMARY KEY NOT NULL,
	`record_key` text NOT NULL,
	`field` text NOT NULL,
	`value` text NOT NULL,
	`by` text NOT NULL,
	`at` text NOT NULL,
	`reason` text NOT NULL,
	`ended` text
);
--> statement-breakpoint
CREATE INDEX `pins_record` ON `pins` (`record_key`);--> statement-breakpoint
CREATE TABLE `processes` (
	`id` text PRIMARY KEY NOT NULL,
	`started_at` text NOT NULL,
	`seen_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `quota_shares` (
	`connection` text NOT NULL,
	`process` text NOT NULL,
	`units` text NOT NULL,
	`window_s` integer NOT NULL,
	`paused_until` text,
	`left_at` text,
	PRIMARY KEY(`connection`, `process`)
);
--> statement-breakpoint
CREATE TABLE `quotas` (
	`connection` text NOT NULL,
	`window_start` text NOT NULL,
	`used` integer NOT NULL,
	`allowance` integer,
	`revision` integer NOT NULL,
	PRIMARY KEY(`connection`, `window_start`)
);
--> statement-breakpoint
CREATE TABLE `raw_records` (
	`seq` integer PRIMARY KEY NOT NULL,
	`record_key` text NOT NULL,
	`connection` text NOT NULL,
	`object` text NOT NULL,
	`remote_id` text NOT NULL,
	`version` text,
	`content_hash` text NOT NULL,
	`deleted` integer NOT NULL,
	`known_at` text NOT NULL,
	`origin` text DEFAULT 'vendor' NOT NULL,
	`payload` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `raw_records_key` ON `raw_records` (`record_key`,`seq`);--> statement-breakpoint
CREATE TABLE `records` (
	`record_key` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`object` text NOT NULL,
	`remote_id` text NOT NULL,
	`kind` text NOT NULL,
	`first_seq` integer NOT NULL,
	`first_seen_at` text NOT NULL,
	`raw_seq` integer NOT NULL,
	`mapping` text NOT NULL,
	`remote_created_at` text,
	`remote_updated_at` text,
	`changed_at` text NOT NULL,
	`remote_url` text,
	`deleted` integer NOT NULL,
	`merged_into` text,
	`fields` text NOT NULL,
	`identifiers` text NOT NULL,
	`custom_fields` text NOT NULL,
	`native` text NOT NULL,
	`observed` text
);
--> statement-breakpoint
CREATE INDEX `records_kind` ON `records` (`connection`,`object`,`kind`);--> statement-breakpoint
CREATE TABLE `refusals` (
	`left_key` text NOT NULL,
	`right_key` text NOT NULL,
	`claim` text NOT NULL,
	`because` text NOT NULL,
	`weight` real NOT NULL,
	PRIMARY KEY(`left_key`, `right_key`)
);
--> statement-breakpoint
CREATE INDEX `refusals_right` ON `refusals` (`right_key`);--> statement-breakpoint
CREATE INDEX `refusals_weight` ON `refusals` (`weight`);--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`kind` text NOT NULL,
	`owner` text NOT NULL,
	`status` text NOT NULL,
	`started_at` text NOT NULL,
	`ended_at` text,
	`counts` text NOT NULL,
	`message` text,
	`failure` text
);
--> statement-breakpoint
CREATE INDEX `runs_started` ON `runs` (`started_at`);--> statement-breakpoint
CREATE TABLE `scores` (
	`customer_id` text NOT NULL,
	`name` text NOT NULL,
	`value` real NOT NULL,
	`grade` text NOT NULL,
	`document` text NOT NULL,
	`as_of` text NOT NULL,
	PRIMARY KEY(`customer_id`, `name`)
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `stage_intervals` (
	`customer_id` text NOT NULL,
	`journey` text NOT NULL,
	`position` integer NOT NULL,
	`stage` text NOT NULL,
	`cycle_no` integer NOT NULL,
	`valid_from` text NOT NULL,
	`valid_to` text,
	`cause` text NOT NULL,
	`evidence` text NOT NULL,
	`as_of` text NOT NULL,
	PRIMARY KEY(`customer_id`, `journey`, `position`)
);
--> statement-breakpoint
CREATE TABLE `timeline` (
	`customer_id` text NOT NULL,
	`occurred_at` text NOT NULL,
	`event_id` text NOT NULL,
	`record_key` text NOT NULL,
	PRIMARY KEY(`customer_id`, `occurred_at`, `event_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `timers` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`due_at` text NOT NULL,
	`because` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `timers_due` ON `timers` (`due_at`);--> statement-breakpoint
CREATE TABLE `writebacks` (
	`record_key` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`desired` text NOT NULL,
	`observed` text NOT NULL,
	`status` text NOT NULL,
	`raw_seq` integer NOT NULL,
	`attempts` integer NOT NULL,
	`sent_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `writebacks_status` ON `writebacks` (`connection`,`status`);