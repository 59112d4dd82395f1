CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE broadcasts (
	id INTEGER NOT NULL, 
	status VARCHAR(10) NOT NULL, 
	tip TEXT NOT NULL, 
	quota_policy VARCHAR(10) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	admin VARCHAR(90) NOT NULL, 
	notified VARCHAR(10) NOT NULL, 
	left_out INTEGER NOT NULL, 
	created_at FLOAT NOT NULL, 
	deadline FLOAT NOT NULL, 
	day DATE, start_at FLOAT DEFAULT '0' NOT NULL, approvals_needed INTEGER DEFAULT '0' NOT NULL, ended_at FLOAT DEFAULT '0' NOT NULL, forgotten BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (day)
);
CREATE INDEX ix_broadcasts_status ON broadcasts (status);
CREATE TABLE approvals (
	broadcast_id INTEGER NOT NULL, 
	admin VARCHAR(90) NOT NULL, 
	PRIMARY KEY (broadcast_id, admin), 
	FOREIGN KEY(broadcast_id) REFERENCES broadcasts (id)
);
CREATE TABLE "broadcast_channels" (
	broadcast_id INTEGER NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	failures INTEGER NOT NULL, 
	rests_until FLOAT NOT NULL, 
	held VARCHAR(20) NOT NULL, 
	PRIMARY KEY (broadcast_id, channel), 
	FOREIGN KEY(broadcast_id) REFERENCES broadcasts (id)
);
CREATE TABLE batches (
	broadcast_id INTEGER NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	number INTEGER NOT NULL, 
	retry_key VARCHAR(36) NOT NULL, 
	lease VARCHAR(36), 
	due_at FLOAT NOT NULL, 
	tries INTEGER NOT NULL, 
	open BOOLEAN NOT NULL, doubted_at FLOAT, 
	PRIMARY KEY (broadcast_id, channel, number), 
	FOREIGN KEY(broadcast_id) REFERENCES broadcasts (id)
);
CREATE INDEX ix_batches_open ON batches (open, channel, due_at);
CREATE TABLE recipients (
	broadcast_id INTEGER NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	batch INTEGER NOT NULL, 
	status VARCHAR(8) NOT NULL, 
	tries INTEGER NOT NULL, 
	due_at FLOAT NOT NULL, 
	error VARCHAR(80) NOT NULL, 
	PRIMARY KEY (broadcast_id, channel, address), 
	FOREIGN KEY(broadcast_id) REFERENCES broadcasts (id)
);
CREATE INDEX ix_recipients_batch ON recipients (broadcast_id, channel, batch);
CREATE INDEX ix_recipients_address ON recipients (address, broadcast_id);
CREATE TABLE paces (
	channel VARCHAR(20) NOT NULL, 
	next_at FLOAT NOT NULL, 
	PRIMARY KEY (channel)
);
CREATE TABLE tip_days (
	day DATE NOT NULL, 
	measure VARCHAR(40) NOT NULL, skipped BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (day)
);
CREATE TABLE "subscribers" (
	channel VARCHAR(20) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	changed_at FLOAT NOT NULL, last_tip INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (channel, address)
);
CREATE TABLE "events" (
	channel VARCHAR(20) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	claimed_at FLOAT NOT NULL, 
	finished BOOLEAN NOT NULL, 
	PRIMARY KEY (channel, event_id)
);
CREATE INDEX ix_events_claimed_at ON events (claimed_at);
CREATE TABLE "votes" (
	card VARCHAR(16) NOT NULL, 
	case_id INTEGER NOT NULL, 
	helped BOOLEAN NOT NULL, 
	voted_at FLOAT NOT NULL, 
	PRIMARY KEY (card)
);
CREATE TABLE "accounts" (
	name VARCHAR(40) NOT NULL, 
	password_hash VARCHAR(255) NOT NULL, 
	changed_at FLOAT NOT NULL, role VARCHAR(10) DEFAULT 'owner' NOT NULL, disabled BOOLEAN DEFAULT 0 NOT NULL, must_change BOOLEAN DEFAULT 0 NOT NULL, failures INTEGER DEFAULT '0' NOT NULL, locked_until FLOAT DEFAULT '0' NOT NULL, totp_secret VARCHAR(64) DEFAULT '' NOT NULL, totp_used INTEGER DEFAULT '0' NOT NULL, recovery_codes TEXT DEFAULT '' NOT NULL, addresses TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE "library_versions" (
	id INTEGER NOT NULL, 
	cases_csv BLOB NOT NULL, 
	imported_at FLOAT NOT NULL, questions_csv BLOB, laws_csv BLOB, cases INTEGER DEFAULT '-1' NOT NULL, questions INTEGER DEFAULT '-1' NOT NULL, laws INTEGER DEFAULT '-1' NOT NULL, author TEXT DEFAULT '' NOT NULL, note TEXT DEFAULT '' NOT NULL, shipped_digest TEXT DEFAULT '' NOT NULL, shipped BOOLEAN DEFAULT 0 NOT NULL, guides_csv BLOB, guides INTEGER DEFAULT '-1' NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE sessions (
	digest VARCHAR(64) NOT NULL, 
	account VARCHAR(40) NOT NULL, 
	started_at FLOAT NOT NULL, 
	seen_at FLOAT NOT NULL, 
	verified BOOLEAN NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE INDEX ix_sessions_account ON sessions (account);
CREATE TABLE invitations (
	digest VARCHAR(64) NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	role VARCHAR(10) NOT NULL, 
	invited_by VARCHAR(90) NOT NULL, 
	expires_at FLOAT NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE actions (
	id INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	actor VARCHAR(90) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE workers (
	name VARCHAR(80) NOT NULL, 
	seen_at FLOAT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE daily_counts (
	day DATE NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	verdict VARCHAR(10) NOT NULL, 
	entry VARCHAR(40) NOT NULL, 
	count INTEGER NOT NULL, 
	PRIMARY KEY (day, channel, verdict, entry)
);
CREATE TABLE daily_subscribers (
	day DATE NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	count INTEGER NOT NULL, 
	PRIMARY KEY (day, channel)
);
CREATE TABLE missed_questions (
	"key" VARCHAR(32) NOT NULL, 
	day DATE NOT NULL, 
	text TEXT NOT NULL, 
	taught VARCHAR(40) NOT NULL, messages TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE INDEX ix_missed_questions_day ON missed_questions (day);
CREATE TABLE library_drafts (
	account VARCHAR(40) NOT NULL, 
	edits TEXT NOT NULL, 
	changed_at FLOAT NOT NULL, 
	PRIMARY KEY (account)
);
CREATE TABLE draft_checks (
	account VARCHAR(40) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	step TEXT NOT NULL, 
	result TEXT NOT NULL, 
	seen_at FLOAT NOT NULL, 
	PRIMARY KEY (account)
);
CREATE TABLE broadcast_results (
	broadcast_id INTEGER NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	status VARCHAR(8) NOT NULL, 
	error VARCHAR(80) NOT NULL, 
	people INTEGER NOT NULL, 
	PRIMARY KEY (broadcast_id, channel, status, error), 
	FOREIGN KEY(broadcast_id) REFERENCES broadcasts (id)
);
INSERT INTO alembic_version VALUES ('0009');
