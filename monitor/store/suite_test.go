package store_test

import (
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/armswatch/armswatch/monitor/news"
	"github.com/armswatch/armswatch/monitor/store"
	"github.com/armswatch/armswatch/monitor/store/storetest"
)

// t0 is a time like any other, in the past: what is due then is due.
var t0 = time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)

// A testCase is run against each engine, on a database of its own.
type testCase func(t *testing.T, b bench)

// cases are the conformance suite: what holds on one engine holds on the other.
func cases() []testCase {
	return []testCase{
		aNewSourceIsDueAtOnce, aChangedSourceLosesItsValidators, aRemovedSourceIsKeptAndNotPolled,
		aFailedPollChangesNothingButTheFailure, aGoneSourceIsNotPolledAgain, aMovedSourceBelongsToItsNewHost,
		aPollIsRecordedWhole, aPollThatCannotBeRecordedLeavesNothing, aNotModifiedPollKeepsWhatItIsGiven,
		aNoticeIsPartOfThePoll, noticesThatWaitAreOne,
		badTextIsStoredWithItsOffsets,
		nothingOldIsNew, reusedGUIDsSwallowNothing, twoSourcesOfOneURLAreOneArticle, anEntryTwiceInAPollIsOneArticle,
		anEditIsKept, aNamelessEntryIsKnownByItsContent,
		aTeaserWaitsForItsPage, aFailedReadStandsAsTheFeedGaveIt, whatAPageLeadsToIsStoredOnce,
		articlesAreGroupedInOrder, aPlacedArticleStays, aStaleDecisionIsRefused, aMergeMovesMembers, aSplitMovesMembers, aReportKeepsItsStory,
		aPlacementIsWholeOrNothing, anEditOfAMemberWaits, anEditWhilePlacingIsSeen, aCorrectionIsInTheNextDigest,
		aMuteEndsWithWhatIsMaterial, irrelevantIsForGood, aMergeKeepsWhatSomebodyWants, aMergeOfMutesIsTheirCommonPart, aDigestLeavesOutWhatIsMuted,
		aDeliveryIsClaimedOnce, aFreeTryDoesNotCount, aThreadIsKeptForTheStory, theOutboxIsInOrder, keysAreUnique,
		aDigestIsSealedOnce, aDigestTellsWhatIsNew, anEmptyDigestIsSealedToo, aNewDigestRouteBeginsNow,
		aTickFiresOnce, aMissedTickFiresLate, whatAWrongClockPutOffIsDue, theArchiveIsReadInParts, anUnchangedTickKeepsItsTime,
		dueWorkIsEnqueuedOnce, stuckDeliveriesAreTakenUp, theBacklogCounts,
		explainFindsByAnyName, pruneKeepsWhatIsNeeded,
		jobsAreDone, aHostHasOneVisitor, aPanicHarmsOneJob, aSnoozeIsNoFailure, aDelivererThatWaitsDoesNotBlock, workStopsSoftly,
		manyVisitsAtOnce, aVisitThatCouldNotEndIsMadeAgain, aClockThatIsBehindTakesNoVisit, aHostRestsAfterAVisit,
	}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	suite(t, func(t testing.TB) string { return filepath.Join(t.TempDir(), "armswatch.db") })
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	made := storetest.Database(t, storetest.Postgres(t))
	s, err := store.Open(t.Context(), made, store.Options{})
	ok(t, err)
	ok(t, s.Close())
	suite(t, func(t testing.TB) string { return storetest.Copy(t, made) })
}

func suite(t *testing.T, dsn func(testing.TB) string) {
	for _, c := range cases() {
		name := runtime.FuncForPC(reflect.ValueOf(c).Pointer()).Name()
		t.Run(name[strings.LastIndexByte(name, '.')+1:], func(t *testing.T) {
			t.Parallel()
			d := dsn(t)
			c(t, bench{t, open(t, d), d})
		})
	}
}

// A bench is a store under test.
type bench struct {
	t testing.TB
	*store.Store
	dsn string
}

func open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

func equal(t testing.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// feed is a source of the tests.
func feed(name string) news.Source {
	return news.Source{Name: name, Kind: news.Feed, URL: "https://" + strings.ToLower(name) + ".example/feed"}
}

// sync makes sources the sources.
func (b bench) sync(sources ...news.Source) {
	b.t.Helper()
	ok(b.t, b.SyncSources(b.t.Context(), sources, t0))
}

// duePolls are the polls that a visit to a host would begin with.
func (b bench) duePolls(host string, now time.Time) []store.Poll {
	b.t.Helper()
	visits := must[[]store.Visit](b.t)(b.BeginVisits(b.t.Context(), now, store.Visit{Host: host}))
	if len(visits) == 0 {
		return nil
	}
	return visits[0].Polls
}

// poll identifies entries and records the poll, as the line does; reading makes
// the reading of a new or changed article. It returns how many were new.
func (b bench) poll(source string, reading news.Reading, entries ...news.Entry) int {
	b.t.Helper()
	p := b.polled(source, reading, entries...)
	n := 0
	for _, a := range p.Articles {
		if a.Known == 0 {
			n++
		}
	}
	ok(b.t, b.RecordPoll(b.t.Context(), p))
	return n
}

func (b bench) polled(source string, reading news.Reading, entries ...news.Entry) store.Polled {
	b.t.Helper()
	found, err := b.Identify(b.t.Context(), source, entries)
	ok(b.t, err)
	p := store.Polled{Source: source, At: t0, Next: t0.Add(time.Hour), Entries: len(entries)}
	for i, f := range found {
		e := entries[i]
		if f.Known != 0 && f.Article.Title == e.Title && f.Article.Text == e.Content {
			continue
		}
		if f.Known == 0 {
			f.Article = news.Article{GUID: e.GUID, URL: e.URL, Published: e.Published}
		}
		f.Article.Title, f.Article.Text = e.Title, e.Content
		f.Reading = reading
		p.Articles = append(p.Articles, f)
	}
	return p
}

// matched is a reading that meets the watchlists.
func matched(watchlists ...string) news.Reading {
	var r news.Reading
	for _, w := range watchlists {
		r.Matches = append(r.Matches, news.Match{Watchlist: w, Rule: `weapon:"9M133 Kornet"`, Field: news.InTitle, End: 6, Excerpt: "Kornet"})
	}
	return r
}

func entry(n string) news.Entry {
	return news.Entry{
		GUID: "guid-" + n, URL: "https://a.example/news/" + n, Title: "Inspectors find Kornet missiles at site " + n,
		Content: "Text of " + n, Published: t0.Add(-time.Hour),
	}
}

// articles polls entries with the given numbers, all matched, and returns what
// waits for grouping.
func (b bench) articles(source string, numbers ...string) []store.Stored {
	b.t.Helper()
	b.sync(feed(source))
	var entries []news.Entry
	for _, n := range numbers {
		entries = append(entries, entry(n))
	}
	b.poll(source, matched("anti-tank"), entries...)
	list, err := b.Ungrouped(b.t.Context(), 100)
	ok(b.t, err)
	return list
}
