-- Articles show the pictures in their bodies too: whether a rendition is public is asked here.
INSERT INTO article_media (article_id, position, medium_id)
SELECT s.article_id, 10000 + row_number() OVER (PARTITION BY s.article_id ORDER BY s.medium_id), s.medium_id
FROM (
    SELECT b.article_id, min(m.id) AS medium_id
    FROM article_bodies b
    JOIN media_files f ON b.html LIKE '%/media/' || f.address || '-w%'
    JOIN media m ON m.file_id = f.id
    WHERE b.html LIKE '%/media/%'
    GROUP BY b.article_id, f.id
) s
WHERE NOT EXISTS (
    SELECT 1 FROM article_media u WHERE u.article_id = s.article_id AND u.medium_id = s.medium_id
);
