CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE subscribers (
	channel VARCHAR(20) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (channel, address)
);
CREATE TABLE events (
	channel VARCHAR(20) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	claimed_at DATETIME NOT NULL, 
	finished BOOLEAN NOT NULL, 
	PRIMARY KEY (channel, event_id)
);
CREATE INDEX ix_events_claimed_at ON events (claimed_at);
CREATE TABLE votes (
	card VARCHAR(16) NOT NULL, 
	case_id INTEGER NOT NULL, 
	helped BOOLEAN NOT NULL, 
	voted_at DATETIME NOT NULL, 
	PRIMARY KEY (card)
);
CREATE TABLE accounts (
	name VARCHAR(40) NOT NULL, 
	password_hash VARCHAR(255) NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE library_versions (
	id INTEGER NOT NULL, 
	cases_csv BLOB NOT NULL, 
	imported_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE broadcasts (
	id INTEGER NOT NULL, 
	status VARCHAR(10) NOT NULL, 
	tip TEXT NOT NULL, 
	reach VARCHAR(10) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	sender VARCHAR(90) NOT NULL, 
	told VARCHAR(10) NOT NULL, 
	left_out INTEGER NOT NULL, 
	created_at FLOAT NOT NULL, 
	deadline FLOAT NOT NULL, 
	day DATE, 
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
CREATE TABLE lanes (
	broadcast_id INTEGER NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	faults INTEGER NOT NULL, 
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
	measure VARCHAR(40) NOT NULL, 
	PRIMARY KEY (day)
);
INSERT INTO alembic_version VALUES ('0003');
