-- What was sent on a day in Korea, by each of the counters that Kakao keeps; all gateways take their places here.

CREATE TABLE quota_counts (
    -- Days since 1970 as Korea counts them; first, as what is old is thrown out by it.
    day       INTEGER NOT NULL,
    kakao_app TEXT    NOT NULL,
    -- `app`, `sender acc_…`, `receiver <uuid>` or `pair acc_… <uuid>`.
    counter   TEXT    NOT NULL,
    used      INTEGER NOT NULL,
    -- 1 when Kakao has said so though there seemed to be room.
    is_full   INTEGER NOT NULL,
    PRIMARY KEY (day, kakao_app, counter)
) STRICT, WITHOUT ROWID;
