-- What was sent on a day in Korea, by each of the counters that Kakao keeps; all gateways take their places here.

CREATE TABLE quota_counts (
    -- Days since 1970 as Korea counts them; first, as what is old is thrown out by it.
    day       BIGINT NOT NULL,
    kakao_app TEXT   NOT NULL,
    -- `app`, `sender acc_…`, `receiver <uuid>` or `pair acc_… <uuid>`; in the order of its bytes, whatever the
    -- database's language: the pairs of one sender stand together.
    counter   TEXT   COLLATE "C" NOT NULL,
    used      BIGINT NOT NULL,
    -- 1 when Kakao has said so though there seemed to be room.
    is_full   BIGINT NOT NULL,
    PRIMARY KEY (day, kakao_app, counter)
);
