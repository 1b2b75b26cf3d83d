using CsCheck;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>
/// What a feed knows and shows, without its lock: every order of commits, notifications, doubts, loads and reads.
/// </summary>
public sealed class FeedKnowledgeTests
{
    private static readonly Gen<(int Kind, int Pick)[]> _happenings = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 50]).Array[1, 60];

    [Theory]
    [InlineData(256, 1_000_000)]
    [InlineData(3, 1_000_000)]
    [InlineData(0, 0)]
    public void What_is_served_has_committed_and_a_load_after_a_doubt_brings_the_newest(int messages, int bytes) => _happenings.Sample(
        happenings => Play(happenings, new FeedOptions { WindowMessages = messages, WindowBytes = bytes, CatchUpMessages = 5 }),
        iter: 300);

    [Fact]
    public void A_chat_is_unknown_present_in_doubt_and_gone()
    {
        var stage = new Stage();
        var created = stage.Create();
        var knowledge = Knowledge(stage);
        Assert.Equal(FeedPhase.Unknown, knowledge.Phase);
        knowledge.Take(created.Next, created.Appended, 0, isRemote: false);
        Assert.Equal(FeedPhase.Present, knowledge.Phase);
        Assert.Equal(FeedChange.Doubt, knowledge.Doubt());
        Assert.Equal(FeedPhase.InDoubt, knowledge.Phase);
        knowledge.CompleteLoad(created.Next, knowledge.BeginLoad());
        Assert.Equal(FeedPhase.Present, knowledge.Phase);
        Assert.Equal(FeedChange.Gone, knowledge.End());
        Assert.Equal(FeedPhase.Gone, knowledge.Phase);
    }

    [Fact]
    public void A_commit_that_is_not_the_first_leaves_an_unknown_chat_unknown_to_readers()
    {
        var stage = new Stage();
        stage.Create();
        var knowledge = Knowledge(stage);
        var finished = stage.Finish();
        knowledge.Take(finished.Next, finished.Appended, 0, isRemote: false);
        Assert.Equal(FeedPhase.InDoubt, knowledge.Phase);
        Assert.Null(knowledge.Whole);
        Assert.Equal(FeedLookKind.Unsynced, new FeedReader(knowledge).Look(new SubscriberCursor(default), []).Kind);
    }

    [Fact]
    public void A_load_settles_only_the_doubts_that_came_before_it()
    {
        var stage = new Stage();
        var created = stage.Create();
        var knowledge = Knowledge(stage);
        var early = knowledge.BeginLoad();
        knowledge.Doubt();
        knowledge.CompleteLoad(created.Next, early);
        Assert.Equal(FeedPhase.InDoubt, knowledge.Phase);
        knowledge.CompleteLoad(created.Next, knowledge.BeginLoad());
        Assert.Equal(FeedPhase.Present, knowledge.Phase);
    }

    [Theory]
    [InlineData(FeedChange.None, FeedEffects.None)]
    [InlineData(FeedChange.Doubt, FeedEffects.Wake)]
    [InlineData(FeedChange.Waiting, FeedEffects.Wake)]
    [InlineData(FeedChange.Window, FeedEffects.Touch | FeedEffects.CountMemory | FeedEffects.EnforceBudget)]
    [InlineData(FeedChange.Answer, FeedEffects.Touch | FeedEffects.CountMemory | FeedEffects.Wake)]
    [InlineData(FeedChange.Gone, FeedEffects.Touch | FeedEffects.CountMemory | FeedEffects.Wake)]
    [InlineData(
        FeedChange.State,
        FeedEffects.Touch | FeedEffects.CountMemory | FeedEffects.Wake | FeedEffects.EnforceBudget | FeedEffects.AskForRelay)]
    [InlineData(FeedChange.Lost, FeedEffects.VoidCursors)]
    [InlineData(FeedChange.Memory, FeedEffects.CountMemory)]
    [InlineData(FeedChange.Held, FeedEffects.Touch | FeedEffects.CountMemory)]
    [InlineData(FeedChange.Subscribers, FeedEffects.AskForRelay)]
    [InlineData(FeedChange.Removed, FeedEffects.Release)]
    internal void Each_change_has_its_effects_and_several_have_those_of_all(FeedChange change, FeedEffects effects)
    {
        Assert.Equal(effects, change.Effects());
        foreach (var other in Enum.GetValues<FeedChange>())
        {
            Assert.Equal(effects | other.Effects(), (change | other).Effects());
        }
    }

    private static FeedKnowledge Knowledge(Stage stage) => new(stage.Id, string.Empty, stage.Options);

    private static void Play((int Kind, int Pick)[] happenings, FeedOptions options)
    {
        var stage = new Stage(options);
        var commits = new List<Transition> { stage.Create() };
        var knowledge = Knowledge(stage);
        var loads = new List<(FeedLoad Load, Chat Read)>();
        var reader = new Reader(stage, knowledge);
        foreach (var (kind, pick) in happenings)
        {
            switch (kind)
            {
                case 0 or 1:
                    var status = stage.Store.State(stage.Id).Status;
                    commits.Add(status == ChatStatus.Running ? stage.Finish() : stage.Send("next"));
                    break;
                case 2 when stage.Store.State(stage.Id).Status == ChatStatus.Waiting:
                    commits.Add(stage.Edit("again"));
                    break;
                case 3 or 4 or 5:
                    // Any of them, the newest most often, also again and out of turn.
                    var commit = commits[kind == 5 ? pick % commits.Count : commits.Count - 1];
                    knowledge.Take(commit.Next, commit.Appended, 0, isRemote: false);
                    break;
                case 6:
                    var news = commits[pick % commits.Count];
                    knowledge.TakeRemote(news.Next, pick % 2 == 0 ? news.Appended : [], 0, lacksTools: false);
                    break;
                case 7:
                    knowledge.Doubt();
                    break;
                case 8:
                    loads.Add((knowledge.BeginLoad(), stage.Store.State(stage.Id)));
                    break;
                case 9 when loads.Count > 0:
                    var (load, read) = loads[pick % loads.Count];
                    loads.RemoveAt(pick % loads.Count);
                    knowledge.CompleteLoad(read, load);
                    break;
                case 10:
                    knowledge.TryEvict(holdsState: pick % 2 == 0);
                    break;
                default:
                    reader.Look();
                    break;
            }

            Assert.True(knowledge.Chat is null || commits.Exists(commit => commit.Next.CommitId == knowledge.Chat.CommitId));
        }

        knowledge.Doubt();
        knowledge.CompleteLoad(stage.Store.State(stage.Id), knowledge.BeginLoad());
        Assert.Equal(FeedPhase.Present, knowledge.Phase);
        Assert.Equal(commits[^1].Next.CommitId, knowledge.Chat!.CommitId);
        reader.CatchUp();
        Assert.Equal(stage.Store.History(stage.Id).Select(message => message.Id), reader.Screen.Ids);
    }

    /// <summary>A subscriber that reads from the store what it is asked to.</summary>
    private sealed class Reader(Stage stage, FeedKnowledge knowledge)
    {
        private readonly SubscriberCursor _cursor = new(default);

        public Screen Screen { get; } = new();

        public FeedLookKind Look()
        {
            var events = new List<StreamEvent>();
            var look = new FeedReader(knowledge).Look(_cursor, events);
            if (look.RaisesDoubt)
            {
                knowledge.Doubt();
                _cursor.Doubt = knowledge.Doubts;
            }

            Screen.Show(events);
            if (look.Kind == FeedLookKind.Miss)
            {
                Fill(look.CatchUp);
            }

            return look.Kind;
        }

        public void CatchUp()
        {
            for (var look = 0; look < 1_000; look++)
            {
                switch (Look())
                {
                    case FeedLookKind.Idle:
                        return;
                    case FeedLookKind.Unsynced:
                        knowledge.CompleteLoad(stage.Store.State(stage.Id), knowledge.BeginLoad());
                        break;
                }
            }

            Assert.Fail("The reader does not get to the head.");
        }

        private void Fill(CatchUpKey wanted)
        {
            var chat = stage.Store.State(stage.Id);
            var events = stage.Store.History(stage.Id)
                .Where(message => message.Id > wanted.AfterId)
                .Take(stage.Options.CatchUpMessages)
                .Select(message => StreamEvents.Message(stage.Id, chat.Epoch, message, publishedAt: 0));
            var page = new CatchUpPage(chat.Epoch, chat.Version, wanted.AfterId, [.. events])
            {
                CommitId = chat.CommitId,
            };
            knowledge.Fill(page);
            if (page.Epoch != _cursor.Position.Epoch || page.AfterId > _cursor.Position.MessageId)
            {
                return;
            }

            // As a subscription does it: what continues the cursor is taken from the page, since a window may hold
            // less.
            var delivered = new List<StreamEvent>();
            foreach (var message in page.Events.Where(message => message.MessageId > _cursor.Position.MessageId))
            {
                if (!_cursor.TryDeliver(message, stage.Id, delivered))
                {
                    delivered.Add(StreamEvents.HistoryReset(stage.Id, page.Epoch));
                    _cursor.Restart(page.Epoch);
                    break;
                }
            }

            Screen.Show(delivered);
        }
    }
}
