CREATE TABLE "api_keys" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"role" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	"created_at" text collate "C" NOT NULL,
	"revoked_at" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "associations" (
	"from_key" text collate "C" NOT NULL,
	"to_key" text collate "C" NOT NULL,
	"role" text collate "C" NOT NULL,
	"source_key" text collate "C" NOT NULL,
	"valid_from" text collate "C" NOT NULL,
	"valid_to" text collate "C" NOT NULL,
	CONSTRAINT "associations_from_key_to_key_role_source_key_valid_to_pk" PRIMARY KEY("from_key","to_key","role","source_key","valid_to")
);
--> statement-breakpoint
CREATE TABLE "audits" (
	"connection" text collate "C" NOT NULL,
	"stream" text collate "C" NOT NULL,
	"object" text collate "C" NOT NULL,
	"after" text collate "C",
	"pass" text collate "C",
	"last" text collate "C",
	"vendor_count" bigint,
	"stored_count" bigint,
	"updated_at" text collate "C" NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "audits_connection_stream_pk" PRIMARY KEY("connection","stream")
);
--> statement-breakpoint
CREATE TABLE "block_keys" (
	"key" bigint NOT NULL,
	"first_seq" bigint NOT NULL,
	CONSTRAINT "block_keys_key_first_seq_pk" PRIMARY KEY("key","first_seq")
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"connection" text collate "C" NOT NULL,
	"channel" text collate "C" NOT NULL,
	"place" text collate "C",
	"owner" text collate "C",
	"incomplete" text collate "C",
	"heard" bigint NOT NULL,
	"heard_at" text collate "C",
	"revision" bigint NOT NULL,
	CONSTRAINT "channels_connection_channel_pk" PRIMARY KEY("connection","channel")
);
--> statement-breakpoint
CREATE TABLE "comparables" (
	"first_seq" bigint PRIMARY KEY NOT NULL,
	"record_key" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"version" text collate "C" NOT NULL,
	"document" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"connector" text collate "C" NOT NULL,
	"account" text collate "C",
	"status" text collate "C" NOT NULL,
	"message" text collate "C",
	"checked_at" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "contested_fields" (
	"record_key" text collate "C" NOT NULL,
	"field" text collate "C" NOT NULL,
	"connection" text collate "C" NOT NULL,
	"flips" text collate "C" NOT NULL,
	"frozen_at" text collate "C",
	CONSTRAINT "contested_fields_record_key_field_pk" PRIMARY KEY("record_key","field")
);
--> statement-breakpoint
CREATE TABLE "cursors" (
	"connection" text collate "C" NOT NULL,
	"stream" text collate "C" NOT NULL,
	"state" text collate "C" NOT NULL,
	"records" bigint NOT NULL,
	"updated_at" text collate "C" NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "cursors_connection_stream_pk" PRIMARY KEY("connection","stream")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"kind" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"golden" text collate "C" NOT NULL,
	"first_seen_at" text collate "C" NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dirty" (
	"customer_id" text collate "C" PRIMARY KEY NOT NULL,
	"since" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "errors" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"connection" text collate "C" NOT NULL,
	"record_key" text collate "C" NOT NULL,
	"step" text collate "C" NOT NULL,
	"class" text collate "C" NOT NULL,
	"fingerprint" text collate "C" NOT NULL,
	"message" text collate "C" NOT NULL,
	"remedy" text collate "C" NOT NULL,
	"raw_seq" bigint,
	"first_seen_at" text collate "C" NOT NULL,
	"last_seen_at" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"record_key" text collate "C" NOT NULL,
	"occurred_at" text collate "C" NOT NULL,
	"id" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"known_at" text collate "C" NOT NULL,
	"direction" text collate "C" NOT NULL,
	"channel" text collate "C" NOT NULL,
	"title" text collate "C" NOT NULL,
	"changes" text collate "C" NOT NULL,
	"facts" text collate "C" NOT NULL,
	CONSTRAINT "events_record_key_occurred_at_id_pk" PRIMARY KEY("record_key","occurred_at","id")
);
--> statement-breakpoint
CREATE TABLE "heads" (
	"record_key" text collate "C" PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"version" text collate "C",
	"content_hash" text collate "C" NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identifiers" (
	"claim" text collate "C" NOT NULL,
	"record_key" text collate "C" NOT NULL,
	CONSTRAINT "identifiers_claim_record_key_pk" PRIMARY KEY("claim","record_key")
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"connection" text collate "C" NOT NULL,
	"dedupe_key" text collate "C" NOT NULL,
	"seq" bigint NOT NULL,
	"received_at" text collate "C" NOT NULL,
	"content_hash" text collate "C" NOT NULL,
	"body" "bytea" NOT NULL,
	"status" text collate "C" NOT NULL,
	"attempts" bigint NOT NULL,
	CONSTRAINT "inbox_connection_dedupe_key_pk" PRIMARY KEY("connection","dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "lanes" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "links" (
	"record_key" text collate "C" PRIMARY KEY NOT NULL,
	"customer_id" text collate "C" NOT NULL,
	"founder_id" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"evidence" text collate "C" NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "matches" (
	"left_key" text collate "C" NOT NULL,
	"right_key" text collate "C" NOT NULL,
	"weight" double precision NOT NULL,
	"probability" double precision NOT NULL,
	"apart" bigint NOT NULL,
	"document" text collate "C" NOT NULL,
	CONSTRAINT "matches_left_key_right_key_pk" PRIMARY KEY("left_key","right_key")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"customer_id" text collate "C" NOT NULL,
	"record_key" text collate "C" NOT NULL,
	"role" text collate "C" NOT NULL,
	"during" text collate "C" NOT NULL,
	CONSTRAINT "memberships_customer_id_record_key_pk" PRIMARY KEY("customer_id","record_key")
);
--> statement-breakpoint
CREATE TABLE "overrides" (
	"id" bigint PRIMARY KEY NOT NULL,
	"kind" text collate "C" NOT NULL,
	"left_key" text collate "C" NOT NULL,
	"right_key" text collate "C" NOT NULL,
	"by" text collate "C" NOT NULL,
	"at" text collate "C" NOT NULL,
	"reason" text collate "C" NOT NULL,
	"revoked_at" text collate "C",
	"revoked_by" text collate "C",
	"revoked_reason" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "pins" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"record_key" text collate "C" NOT NULL,
	"field" text collate "C" NOT NULL,
	"value" text collate "C" NOT NULL,
	"by" text collate "C" NOT NULL,
	"at" text collate "C" NOT NULL,
	"reason" text collate "C" NOT NULL,
	"ended" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "processes" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"started_at" text collate "C" NOT NULL,
	"seen_at" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quota_shares" (
	"connection" text collate "C" NOT NULL,
	"process" text collate "C" NOT NULL,
	"units" text collate "C" NOT NULL,
	"window_s" bigint NOT NULL,
	"paused_until" text collate "C",
	"left_at" text collate "C",
	CONSTRAINT "quota_shares_connection_process_pk" PRIMARY KEY("connection","process")
);
--> statement-breakpoint
CREATE TABLE "quotas" (
	"connection" text collate "C" NOT NULL,
	"window_start" text collate "C" NOT NULL,
	"used" bigint NOT NULL,
	"allowance" bigint,
	"revision" bigint NOT NULL,
	CONSTRAINT "quotas_connection_window_start_pk" PRIMARY KEY("connection","window_start")
);
--> statement-breakpoint
CREATE TABLE "raw_records" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"record_key" text collate "C" NOT NULL,
	"connection" text collate "C" NOT NULL,
	"object" text collate "C" NOT NULL,
	"remote_id" text collate "C" NOT NULL,
	"version" text collate "C",
	"content_hash" text collate "C" NOT NULL,
	"deleted" bigint NOT NULL,
	"known_at" text collate "C" NOT NULL,
	"origin" text collate "C" DEFAULT 'vendor' NOT NULL,
	"payload" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "records" (
	"record_key" text collate "C" PRIMARY KEY NOT NULL,
	"connection" text collate "C" NOT NULL,
	"object" text collate "C" NOT NULL,
	"remote_id" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"first_seq" bigint NOT NULL,
	"first_seen_at" text collate "C" NOT NULL,
	"raw_seq" bigint NOT NULL,
	"mapping" text collate "C" NOT NULL,
	"remote_created_at" text collate "C",
	"remote_updated_at" text collate "C",
	"changed_at" text collate "C" NOT NULL,
	"remote_url" text collate "C",
	"deleted" bigint NOT NULL,
	"merged_into" text collate "C",
	"fields" text collate "C" NOT NULL,
	"identifiers" text collate "C" NOT NULL,
	"custom_fields" text collate "C" NOT NULL,
	"native" text collate "C" NOT NULL,
	"observed" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "refusals" (
	"left_key" text collate "C" NOT NULL,
	"right_key" text collate "C" NOT NULL,
	"claim" text collate "C" NOT NULL,
	"because" text collate "C" NOT NULL,
	"weight" double precision NOT NULL,
	CONSTRAINT "refusals_left_key_right_key_pk" PRIMARY KEY("left_key","right_key")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"connection" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"owner" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"started_at" text collate "C" NOT NULL,
	"ended_at" text collate "C",
	"counts" text collate "C" NOT NULL,
	"message" text collate "C",
	"failure" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "scores" (
	"customer_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"value" double precision NOT NULL,
	"grade" text collate "C" NOT NULL,
	"document" text collate "C" NOT NULL,
	"as_of" text collate "C" NOT NULL,
	CONSTRAINT "scores_customer_id_name_pk" PRIMARY KEY("customer_id","name")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"value" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stage_intervals" (
	"customer_id" text collate "C" NOT NULL,
	"journey" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"stage" text collate "C" NOT NULL,
	"cycle_no" bigint NOT NULL,
	"valid_from" text collate "C" NOT NULL,
	"valid_to" text collate "C",
	"cause" text collate "C" NOT NULL,
	"evidence" text collate "C" NOT NULL,
	"as_of" text collate "C" NOT NULL,
	CONSTRAINT "stage_intervals_customer_id_journey_position_pk" PRIMARY KEY("customer_id","journey","position")
);
--> statement-breakpoint
CREATE TABLE "timeline" (
	"customer_id" text collate "C" NOT NULL,
	"occurred_at" text collate "C" NOT NULL,
	"event_id" text collate "C" NOT NULL,
	"record_key" text collate "C" NOT NULL,
	CONSTRAINT "timeline_customer_id_occurred_at_event_id_pk" PRIMARY KEY("customer_id","occurred_at","event_id")
);
--> statement-breakpoint
CREATE TABLE "timers" (
	"customer_id" text collate "C" PRIMARY KEY NOT NULL,
	"due_at" text collate "C" NOT NULL,
	"because" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "writebacks" (
	"record_key" text collate "C" PRIMARY KEY NOT NULL,
	"connection" text collate "C" NOT NULL,
	"desired" text collate "C" NOT NULL,
	"observed" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"raw_seq" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"sent_at" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "associations_to" ON "associations" USING btree ("to_key","role");--> statement-breakpoint
CREATE INDEX "associations_source" ON "associations" USING btree ("source_key");--> statement-breakpoint
CREATE INDEX "contested_fields_frozen" ON "contested_fields" USING btree ("connection","frozen_at");--> statement-breakpoint
CREATE INDEX "customers_name" ON "customers" USING btree ("kind","name");--> statement-breakpoint
CREATE INDEX "errors_record" ON "errors" USING btree ("record_key");--> statement-breakpoint
CREATE INDEX "errors_status" ON "errors" USING btree ("status","last_seen_at");--> statement-breakpoint
CREATE INDEX "identifiers_record" ON "identifiers" USING btree ("record_key");--> statement-breakpoint
CREATE INDEX "inbox_waiting" ON "inbox" USING btree ("status","seq");--> statement-breakpoint
CREATE INDEX "links_customer" ON "links" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "links_founder" ON "links" USING btree ("founder_id");--> statement-breakpoint
CREATE INDEX "matches_right" ON "matches" USING btree ("right_key");--> statement-breakpoint
CREATE INDEX "matches_apart" ON "matches" USING btree ("weight") WHERE apart = 1;--> statement-breakpoint
CREATE INDEX "memberships_record" ON "memberships" USING btree ("record_key");--> statement-breakpoint
CREATE INDEX "overrides_left" ON "overrides" USING btree ("left_key");--> statement-breakpoint
CREATE INDEX "overrides_right" ON "overrides" USING btree ("right_key");--> statement-breakpoint
CREATE INDEX "pins_record" ON "pins" USING btree ("record_key");--> statement-breakpoint
CREATE INDEX "raw_records_key" ON "raw_records" USING btree ("record_key","seq");--> statement-breakpoint
CREATE INDEX "records_kind" ON "records" USING btree ("connection","object","kind");--> statement-breakpoint
CREATE INDEX "refusals_right" ON "refusals" USING btree ("right_key");--> statement-breakpoint
CREATE INDEX "refusals_weight" ON "refusals" USING btree ("weight");--> statement-breakpoint
CREATE INDEX "runs_started" ON "runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "timers_due" ON "timers" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "writebacks_status" ON "writebacks" USING btree ("connection","status");