//! What follows the change log beside the requests.
