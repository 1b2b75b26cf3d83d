using System.Buffers.Text;
using System.Text;
using CsCheck;
using DurableChat.Cluster;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>What can be made of a channel to which others have access.</summary>
public sealed class NotificationSealTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void What_one_process_seals_another_opens_and_nobody_can_read_it_on_the_way() => Gen.String.Sample(content =>
    {
        using var sender = Seals.Of(_time);
        using var receiver = Seals.Of(_time);
        var valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(content));
        var frame = sender.Seal(valid, SealedKind.News);
        using var opened = receiver.Open(frame, out _);
        Assert.Equal((SealTrust.Fresh, SealedKind.News, valid),
            (opened.Trust, opened.Kind, Encoding.UTF8.GetString(opened.Content)));
        Assert.True(valid.Length < 4
            || !Encoding.Latin1.GetString(Base64Url.DecodeFromChars(frame)).Contains(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(valid)), StringComparison.Ordinal));
    });

    [Fact]
    public void A_frame_of_the_largest_content_fits_into_the_payload_and_a_larger_one_does_not() =>
        Gen.Int[60, 9_000].Sample(maxPayload =>
    {
        using var seal = Seals.Of(_time);
        var most = NotificationSeal.MaxContentBytes(maxPayload);
        Assert.InRange(seal.Seal(new string('x', most), SealedKind.News).Length, 0, Math.Max(maxPayload, 72));
        Assert.True(seal.Seal(new string('x', most + 1), SealedKind.News).Length > maxPayload);
    });

    [Fact]
    public void No_bit_of_a_frame_can_be_changed()
    {
        using var sender = Seals.Of(_time);
        using var receiver = Seals.Of(_time);
        var frame = Base64Url.DecodeFromChars(sender.Seal("{\"chat_id\":\"x\"}", SealedKind.News));
        for (var bit = 0; bit < 8 * frame.Length; bit++)
        {
            var changed = (byte[])frame.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(SealTrust.None, TrustOf(receiver, Base64Url.EncodeToString(changed)));
        }
    }

    [Fact]
    public void The_end_of_one_frame_behind_the_beginning_of_another_opens_nothing()
    {
        using var sender = Seals.Of(_time);
        using var receiver = Seals.Of(_time);
        byte[][] frames = [.. new[] { "one", "two" }.Select(content =>
            Base64Url.DecodeFromChars(sender.Seal(content, SealedKind.News)))];
        for (var cut = 1; cut < frames[0].Length; cut++)
        {
            byte[] spliced = [.. frames[0].AsSpan(0, cut), .. frames[1].AsSpan(cut)];
            if (!spliced.SequenceEqual(frames[0]) && !spliced.SequenceEqual(frames[1]))
            {
                Assert.Equal(SealTrust.None, TrustOf(receiver, Base64Url.EncodeToString(spliced)));
            }
        }
    }

    [Fact]
    public void A_frame_that_was_heard_is_not_taken_again_however_frames_are_reordered() =>
        Gen.Int[0, 200].Array[1, 300].Sample(order =>
    {
        using var sender = Seals.Of(_time);
        using var receiver = Seals.Of(_time);
        string[] frames = [.. Enumerable.Range(0, 201).Select(index => sender.Seal($"{index}", SealedKind.News))];
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, frames[0]));
        var taken = new HashSet<int> { 0 };
        foreach (var index in order)
        {
            Assert.Equal(taken.Add(index) ? SealTrust.Fresh : SealTrust.Repeated, TrustOf(receiver, frames[index]));
        }
    }, iter: 20);

    [Fact]
    public void What_is_too_far_behind_to_be_known_is_not_taken()
    {
        using var sender = Seals.Of(_time);
        using var receiver = Seals.Of(_time);
        string[] frames = [.. Enumerable.Range(0, SealedSender.Window + 2).Select(index =>
            sender.Seal($"{index}", SealedKind.News))];
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, frames[0]));
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, frames[^1]));
        Assert.Equal(SealTrust.Repeated, TrustOf(receiver, frames[1]));
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, frames[2]));
    }

    [Fact]
    public void What_was_sent_before_the_first_that_is_heard_of_a_process_is_not_taken()
    {
        using var sender = Seals.Of(_time);
        using var receiver = Seals.Of(_time);
        var (first, second) = (sender.Seal("first", SealedKind.News), sender.Seal("second", SealedKind.News));
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, second));
        Assert.Equal(SealTrust.Repeated, TrustOf(receiver, first));
    }

    /// <summary>Whoever recorded a process could play it to a replica that starts later.</summary>
    [Fact]
    public void A_process_that_nobody_here_has_heard_is_believed_only_while_its_frames_are_young()
    {
        using var sender = Seals.Of(_time);
        string[] recorded = [sender.Seal("one", SealedKind.News), sender.Seal("two", SealedKind.News)];
        _time.Advance(NotificationSeal.OldestFirst + TimeSpan.FromSeconds(1));
        using var receiver = Seals.Of(_time);
        Assert.All(recorded, frame => Assert.Equal(SealTrust.Old, TrustOf(receiver, frame)));

        // One who is known may be late: its frames are counted.
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, sender.Seal("three", SealedKind.News)));
        var late = sender.Seal("four", SealedKind.News);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, late));
    }

    [Fact]
    public void Two_secrets_are_in_use_while_one_takes_the_place_of_the_other()
    {
        var (older, newer, other) = (new string('o', 32), new string('n', 32), new string('x', 32));
        using var before = Seals.Of(_time, older);
        using var between = Seals.Of(_time, newer, older);
        using var after = Seals.Of(_time, newer);
        Assert.Equal(SealTrust.Fresh, TrustOf(between, before.Seal("old", SealedKind.News)));
        Assert.Equal(SealTrust.Fresh, TrustOf(after, between.Seal("new", SealedKind.News)));
        using var stranger = Seals.Of(_time, other);
        using var opened = between.Open(stranger.Seal("strange", SealedKind.News), out var lacksKey);
        Assert.Equal((SealTrust.None, true), (opened.Trust, lacksKey));
    }

    [Fact]
    public void No_nonce_comes_twice_under_a_key()
    {
        using var one = Seals.Of(_time);
        using var two = Seals.Of(_time);
        var nonces = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < 1_000; index++)
        {
            var frame = Base64Url.DecodeFromChars((index % 2 == 0 ? one : two).Seal("the same", SealedKind.News));

            // The key is that of the sender, which stands before the nonce.
            Assert.True(nonces.Add(Convert.ToHexString(frame.AsSpan(6, 24))));
        }
    }

    [Fact]
    public void One_does_not_hear_its_own_news_and_hears_its_own_probes()
    {
        using var seal = Seals.Of(_time);
        Assert.Equal(SealTrust.Own, TrustOf(seal, seal.Seal("news", SealedKind.News)));
        var probe = seal.Seal("probe", SealedKind.Probe);
        Assert.True(NotificationSeal.IsProbe(probe));
        Assert.Equal(SealTrust.Fresh, TrustOf(seal, probe));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("not base64!")]
    [InlineData("{\"format\":1}")]
    public void What_is_no_frame_opens_as_nothing(string payload)
    {
        using var seal = Seals.Of(_time);
        Assert.Equal(SealTrust.None, TrustOf(seal, payload));
        Assert.False(NotificationSeal.IsProbe(payload));
    }

    [Fact]
    public void The_memory_of_processes_is_bounded()
    {
        using var receiver = Seals.Of(_time);
        var frames = new List<string>();
        for (var index = 0; index <= NotificationSeal.MaxSenders; index++)
        {
            frames.Add(Seals.Seal("hello", _time));
            Assert.Equal(SealTrust.Fresh, TrustOf(receiver, frames[^1]));
        }

        Assert.Equal(SealTrust.Repeated, TrustOf(receiver, frames[1]));
        Assert.Equal(SealTrust.Fresh, TrustOf(receiver, frames[0]));
    }

    [Fact]
    public async Task Secrets_are_read_again_after_a_minute_and_when_something_fits_none_but_not_all_the_time()
    {
        var identity = new CountingIdentity();
        using var keys = new ClusterKeys(identity, [], _time);
        await keys.GetAsync(CancellationToken.None);
        await keys.RefreshAsync(CancellationToken.None);
        await keys.RefreshIfOldAsync(CancellationToken.None);
        Assert.Equal(1, identity.Reads);
        _time.Advance(ClusterKeys.ShortestPause);
        await keys.RefreshIfOldAsync(CancellationToken.None);
        await keys.RefreshAsync(CancellationToken.None);
        Assert.Equal(2, identity.Reads);
        _time.Advance(ClusterKeys.RefreshInterval);
        await keys.RefreshIfOldAsync(CancellationToken.None);
        Assert.Equal(3, identity.Reads);

        // The store's clock goes on with this one's.
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(CountingIdentity.StoreTime + TimeSpan.FromSeconds(7), keys.Now);
    }

    [Fact]
    public async Task A_configured_secret_counts_instead_of_the_stores()
    {
        using var keys = new ClusterKeys(new CountingIdentity(), ["configured"], _time);
        Assert.Equal(["configured"], await keys.GetAsync(CancellationToken.None));
        Assert.True(keys.IsConfigured);
    }

    private static SealTrust TrustOf(NotificationSeal seal, string payload)
    {
        using var opened = seal.Open(payload, out _);
        return opened.Trust;
    }

    private sealed class CountingIdentity : IClusterIdentity
    {
        public static readonly DateTimeOffset StoreTime = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public int Reads { get; private set; }

        public Task<string> GetClusterNameAsync(CancellationToken cancellationToken) => Task.FromResult("name");

        public Task<string> GetClusterSecretAsync(CancellationToken cancellationToken) => Task.FromResult("stored");

        public Task<ClusterSecrets> GetClusterSecretsAsync(CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(new ClusterSecrets(["stored"], StoreTime));
        }
    }
}
