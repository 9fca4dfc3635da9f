// only
// this