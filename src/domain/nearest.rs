//! The valid name that a wrong one was meant to be: the same name written another way, a name that other APIs have for it, or
//! one within two letters.

/// Slips of this many letters are looked through.
const MOST_SLIPS: usize = 2;

/// Names that other APIs and formats give to ours: a name, and ours in the order in which they are tried. Names are in
/// snake_case; WordPress, Ghost, Strapi, Directus, Contentful, JSON:API and Django are where most are from.
const SYNONYMS: &[(&str, &str)] = &[
    (
        "locale locales language languages language_code hl edition filter_lang locale_code \
         lang_code",
        "lang langs",
    ),
    (
        "per_page page_size pagesize page_limit limit_to size count num number rows take top \
         first max max_results results posts_per_page pagination_page_size pagination_limit",
        "limit",
    ),
    (
        "order orderby order_by ordering sort_by sortby sort_order sorting direction menu_order \
         weight rank",
        "sort position",
    ),
    (
        "offset skip start start_index from_index pagination_start",
        "cursor page since",
    ),
    (
        "after before continue continuation token page_token next next_page next_cursor \
         page_cursor page_after page_before starting_after ending_before start_cursor after_id \
         cursor checkpoint last_event_id sync_token resume_token",
        "cursor since page",
    ),
    (
        "page_number page_no pagenum p paged pagination_page page_offset",
        "page cursor",
    ),
    (
        "search query s fulltext match where title prefix text words",
        "q",
    ),
    ("slug slugs document_id", "id"),
    ("last", "limit"),
    ("path paths", "section"),
    ("term terms keyword keywords", "q tag tags"),
    ("expand embed populate with relations includes", "include"),
    (
        "show_fields select field only attributes properties columns projection",
        "fields",
    ),
    (
        "format formats output alt accept content_type",
        "format kind body",
    ),
    (
        "content_format body_format render content html text body_html body_markdown markdown",
        "body content",
    ),
    (
        "category categories cat channel desk section_id section_path topic topics primary_section \
         post_category primary_category rubric department",
        "section sections",
    ),
    ("ids uuid uuids include_ids post_id article_id", "id"),
    (
        "authors by writer writers author_id author_ids author_slug author_name creator byline \
         bylines user primary_author post_author user_created created_by contributors",
        "author authors byline_raw",
    ),
    (
        "tags tag_id tag_ids tag_slug tags_slug tags_input label labels keyword hashtag hashtags \
         primary_tag",
        "tag tags",
    ),
    (
        "publisher agency source_id origin provider",
        "source sources",
    ),
    (
        "since from from_date date_from start_date min_date date_min published_after \
         published_since published_at_min published_at_gt published_at_gte published_gt \
         published_gte date year publication_date_from",
        "published_from from since",
    ),
    (
        "until to to_date date_to end_date max_date date_max published_before published_until \
         published_at_max published_at_lt published_at_lte published_lt published_lte \
         publication_date_to",
        "published_to to",
    ),
    (
        "modified_after updated_after updated_since updated_min updated_at_gt updated_at_gte \
         updated_gte modified_since changed_since",
        "updated_from since",
    ),
    (
        "modified_before updated_before updated_until updated_max updated_at_lt updated_at_lte \
         updated_lte",
        "updated_to",
    ),
    (
        "state post_status publication_state draft visibility",
        "status",
    ),
    (
        "include_count total totals with_count include_total total_count pagination_with_count \
         aggregate aggregate_count meta",
        "count",
    ),
    ("flat nested hierarchy hierarchical depth", "tree"),
    (
        "uri href address link permalink path website homepage target_url endpoint callback \
         callback_url webhook_url",
        "url canonical_url",
    ),
    (
        "canonical canonical_link original_url source_url",
        "canonical_url",
    ),
    (
        "headline name heading post_title meta_title og_title",
        "title name",
    ),
    (
        "title label display_name full_name user_nicename nickname username",
        "name title",
    ),
    ("slug post_name handle permalink url_slug url_title", "slug"),
    (
        "excerpt description standfirst deck dek abstract lead teaser custom_excerpt \
         meta_description og_description post_excerpt biography about intro",
        "summary description bio caption",
    ),
    ("sub_title subheading subhead kicker", "subtitle"),
    ("parent_id parent_section post_parent", "parent"),
    (
        "license copyright copyright_notice",
        "licence rights copyright credit",
    ),
    (
        "organization organisation company institution employer",
        "affiliation",
    ),
    (
        "date pub_date publish_date publication_date published published_on date_published \
         first_published_at date_gmt created_at created post_date post_date_gmt date_created",
        "published_at -published_at published_from",
    ),
    ("published_at", "published_from publish_at"),
    (
        "modified date_modified modified_at last_modified updated modified_gmt post_modified \
         date_updated",
        "updated_at -updated_at updated_from",
    ),
    ("updated_at", "updated_from"),
    ("newest latest recent most_recent", "-published_at"),
    ("oldest", "published_at"),
    (
        "scheduled_at scheduled_for schedule go_live_at publish_on publish_date at date when",
        "publish_at",
    ),
    (
        "embargo embargoed_until embargo_date not_before",
        "embargo_until",
    ),
    (
        "image images featured_media featured_image feature_image cover picture pictures \
         attachments upload attachment",
        "media file",
    ),
    (
        "translation_key translation_group translations translation_of translation_id \
         translated_from localizations localization original_id source_article",
        "translation_of translation_key",
    ),
    (
        "alt_text alternative_text alternative feature_image_alt",
        "alt",
    ),
    ("feature_image_caption legend", "caption"),
    ("focus focal focalpoint hotspot", "focal_point"),
    ("corrections correction notes retraction erratum", "notices"),
    ("timezone tz zone", "time_zone"),
    ("dir text_direction writing_direction", "direction"),
    ("menu menus nav links", "navigation"),
    (
        "site_title publication publication_name blogname",
        "site_name",
    ),
    ("home_url home base_path root_path", "home_path"),
    (
        "permalink_structure permalink_template url_pattern article_url_template",
        "url_template",
    ),
    ("event event_types topics subscriptions", "events operation"),
    (
        "active is_active is_enabled disabled status state",
        "enabled",
    ),
    (
        "permission permissions scope scopes access_level type",
        "role",
    ),
    (
        "expires expiry expires_on expiration valid_until ttl expire_at",
        "expires_at expires_in",
    ),
    ("method action operation verb", "op operation"),
    (
        "payload attributes document item record fields body",
        "data",
    ),
    ("etag version rev revision", "if_match"),
    ("resource_type object_type content_type model", "type kind"),
    ("user user_id actor_id api_key key_id token_id", "key actor"),
    (
        "object object_id target_id resource_id entity entity_id",
        "resource",
    ),
    ("target target_id to destination merge_into", "into"),
    ("message comment explanation", "note text"),
    ("type code", "kind reason"),
    (
        "facet aggs aggregations facet_by facet_fields group_by",
        "facets",
    ),
    ("highlights highlighting highlight_fields", "highlight"),
    ("token preview_token preview_id", "preview"),
    ("live public publish active visible", "published"),
    ("future planned", "scheduled"),
    ("pending unpublished hidden", "draft"),
    ("deleted removed archived trash taken_down", "withdrawn"),
    ("md commonmark gfm", "markdown"),
    ("plain plaintext txt plain_text", "text"),
    ("structured json portable_text", "blocks json"),
    ("ld_json json_ld ld schema_org schema", "jsonld"),
    ("administrator owner root", "admin"),
    ("writer contributor journalist", "author"),
    ("reader subscriber syndication", "partner"),
];

/// Names by which things are found by their words, and where that is done.
const SEARCHED: (&str, &str) = (
    "q search query s fulltext match name title prefix starts_with keyword keywords",
    "/api/search?q= searches articles, /api/search/suggest?q= names",
);

/// Prefixes around the real name: `filter[section]`, `filters[section][$eq]`.
const WRAPPERS: [&str; 4] = ["filter", "filters", "where", "query"];

/// The valid name that `given` was most likely meant to be; `None` where nothing is near.
pub fn nearest<'v>(given: &str, valid: impl Iterator<Item = &'v str>) -> Option<&'v str> {
    let valid: Vec<&str> = valid.collect();
    let (sign, bare) = signed(given);
    let names = spellings(bare);
    let exact = |sign: &str| {
        let mut names = names.iter();
        names.find_map(|name| {
            same(sign, name, &valid).or_else(|| known_elsewhere(sign, name, &valid))
        })
    };
    exact(sign)
        .or_else(|| exact(""))
        .or_else(|| within_slips(given, &valid))
}

/// "X is the nearest", or all that there is; `thing` is a word for one of them.
#[must_use]
pub fn hint(thing: &str, given: &str, valid: &[&str]) -> String {
    match nearest(given, valid.iter().copied()) {
        Some(near) => format!("{near} is the nearest"),
        None if valid.is_empty() => format!("there is no {thing} here"),
        None => format!("there are {}", valid.join(", ")),
    }
}

/// A place where an operation is that a name asks for, which the operation at hand lacks.
#[must_use]
pub fn elsewhere(given: &str) -> Option<&'static str> {
    let (names, place) = SEARCHED;
    let is_meant = |name: &String| names.split_whitespace().any(|one| one == name);
    spellings(given).iter().any(is_meant).then_some(place)
}

/// A name in snake_case, then what it holds: of `page[size]`, `page_size` and `page`; of `filter[tag]`, `tag`.
fn spellings(bare: &str) -> Vec<String> {
    // Nobody could have meant a longer one.
    const LONGEST: usize = 64;
    if bare.len() > LONGEST {
        return Vec::new();
    }
    let parts = bare.split(['[', ']', '.']).map(snake);
    let mut parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && WRAPPERS.contains(&parts[0].as_str()) {
        parts.remove(0);
    }
    let whole = parts.join("_");
    let names = std::iter::once(whole).chain(parts.into_iter().take(1));
    names.filter(|name| !name.is_empty()).collect()
}

/// The sign of an order and what it orders by: `-` of `-date` and `date:desc`.
fn signed(given: &str) -> (&'static str, &str) {
    let (bare, is_descending) = match given.strip_suffix(":desc") {
        Some(bare) => (bare, true),
        None => (given.strip_suffix(":asc").unwrap_or(given), false),
    };
    match bare.strip_prefix('-') {
        Some(bare) => ("-", bare),
        None if is_descending => ("-", bare),
        None => ("", bare.strip_prefix('+').unwrap_or(bare)),
    }
}

/// A name in snake_case: `perPage`, `per-page` and `_per_page` as `per_page`.
#[must_use]
pub fn snake(name: &str) -> String {
    let mut words = String::new();
    let mut was_lower = false;
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            if was_lower && letter.is_uppercase() {
                words.push('_');
            }
            words.extend(letter.to_lowercase());
        } else if !words.is_empty() && !words.ends_with('_') {
            words.push('_');
        }
        was_lower = letter.is_lowercase();
    }
    words.truncate(words.trim_end_matches('_').len());
    words
}

fn same<'v>(sign: &str, name: &str, valid: &[&'v str]) -> Option<&'v str> {
    let is_same = |valid: &&str| valid.strip_prefix(sign) == Some(name);
    valid.iter().copied().find(is_same)
}

fn known_elsewhere<'v>(sign: &str, name: &str, valid: &[&'v str]) -> Option<&'v str> {
    let is_meant = |names: &&str| names.split_whitespace().any(|one| one == name);
    let meant = SYNONYMS.iter().filter(|(names, _)| is_meant(names));
    meant
        .flat_map(|(_, ours)| ours.split(' '))
        .find_map(|ours| same(sign, ours, valid))
}

/// Names that mean something else than the valid one that they look like.
const OTHERS: [&str; 5] = ["exclude", "last", "name", "path", "type"];

/// The name that fewest slips part from the given one: letters that are missing, too many, wrong or swapped. A name that
/// has no more letters than slips is another name.
fn within_slips<'v>(given: &str, valid: &[&'v str]) -> Option<&'v str> {
    if OTHERS.contains(&given) {
        return None;
    }
    let letters = given.chars().count();
    let slips = valid.iter().filter_map(|name| {
        let theirs = name.chars().count();
        if letters.abs_diff(theirs) > MOST_SLIPS {
            return None;
        }
        let slips = strsim::damerau_levenshtein(given, name);
        let is_near = slips <= MOST_SLIPS && slips < letters.min(theirs);
        is_near.then(|| (slips, given.chars().next() != name.chars().next(), *name))
    });
    slips
        .min_by_key(|(slips, is_other_start, _)| (*slips, *is_other_start))
        .map(|(_, _, name)| name)
}

#[cfg(test)]
mod tests;
