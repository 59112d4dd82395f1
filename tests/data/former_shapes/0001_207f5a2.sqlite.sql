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
INSERT INTO alembic_version VALUES ('0001');
