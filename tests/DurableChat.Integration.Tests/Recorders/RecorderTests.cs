using System.Net;
using DurableChat.Models;
using DurableChat.Recorder.Ledgers;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Recordings;
using DurableChat.Recorder.Wire;
using DurableChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>The recorder between servers and a provider, over real connections.</summary>
public sealed class RecorderTests : IAsyncLifetime
{
    private static readonly ModelCallId _first = new("chat", Epoch: 1, Head: 3, Generation: 2, FencingToken: 5);
    private static readonly ModelCallId _successor = _first with { Generation = 3, FencingToken = 6 };
    private FakeProvider _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task A_replica_that_takes_over_gets_the_answer_from_its_first_byte_and_what_follows()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync("one ");
        Assert.Equal("one ", await first.ReadAsync(4));
        first.Dispose();
        await Eventually.IsAsync(() => recorder.Figures.Unread == 1);
        using var second = await recorder.AskAsync(_provider.Url, _successor);
        Assert.Equal("one ", await second.ReadAsync(4));
        await call.WriteAsync("two");
        Assert.Equal("one two", await second.ReadAsync(7));
        call.End();
        Assert.Equal("one two", await second.ReadToEndAsync());
        Assert.Equal((1, "live", "replay"), (_provider.Requests, first.Kind, second.Kind));
    }

    [Fact]
    public async Task Wherever_a_reader_is_cut_the_next_one_gets_the_same_bytes()
    {
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { Recording = new RecordingLimits { MemoryBytes = RecordingLimits.SegmentBytes } });
        var random = new Random(20);
        for (var round = 0; round < 60; round++)
        {
            var id = _first with { Chat = $"chat{round}" };
            var pieces = Enumerable.Range(0, random.Next(1, 6))
                .Select(piece => new string((char)('a' + piece), random.Next(1, 20_000))).ToArray();
            var whole = string.Concat(pieces);
            using var first = await AskAsync(recorder, id);
            var cutAfter = random.Next(0, pieces.Length);
            for (var piece = 0; piece < pieces.Length; piece++)
            {
                await first.Call.WriteAsync(pieces[piece]);
                if (piece == cutAfter)
                {
                    await first.ReadAsync(random.Next(0, pieces.Take(piece + 1).Sum(sent => sent.Length)));
                    first.Dispose();
                }
            }

            first.Call.End();
            using var next = await recorder.AskAsync(_provider.Url, id with { Generation = 3, FencingToken = 6 });
            Assert.Equal(whole, await next.ReadToEndAsync());
        }

        Assert.Equal(60, _provider.Requests);
    }

    [Fact]
    public async Task Two_readers_of_one_lease_get_the_same()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        using var second = await recorder.AskAsync(_provider.Url, _first);
        await call.WriteAsync("one two");
        call.End();
        Assert.Equal(
            ("one two", "one two", 1),
            (await first.ReadToEndAsync(), await second.ReadToEndAsync(), _provider.Requests));
    }

    [Fact]
    public async Task An_earlier_lease_can_neither_read_nor_begin_nor_end_anything()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var stale = await AskAsync(recorder, _first);
        var call = stale.Call;
        await call.WriteAsync("one ");
        await stale.ReadAsync(4);
        using var present = await recorder.AskAsync(_provider.Url, _successor);
        Assert.True(await stale.BreaksAsync());
        using var again = await recorder.AskAsync(_provider.Url, _first);
        using var other = await recorder.AskAsync(_provider.Url, _first, "another question");
        Assert.Equal((RecorderErrors.Stale, RecorderErrors.Stale), (again.Error, other.Error));
        Assert.Equal(HttpStatusCode.Conflict, await recorder.ForgetAsync(_first with { Generation = 9 }));
        call.End();
        Assert.Equal("one ", await present.ReadToEndAsync());
        Assert.Equal(1, _provider.Requests);
    }

    [Theory]
    [InlineData("a-wrong-secret-that-is-long-enough-too")]
    [InlineData("")]
    public async Task A_wrong_secret_gets_nothing_and_sends_nothing(string secret)
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var reply = await recorder.AskAsync(_provider.Url, _first, "{}", secret);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, RecorderErrors.WrongSecret, 0),
            (reply.Status, reply.Error, _provider.Requests));
    }

    [Fact]
    public async Task A_call_that_is_over_ends_at_the_provider_and_is_asked_anew()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync("one ");
        Assert.Equal(HttpStatusCode.NoContent, await recorder.ForgetAsync(_first));
        await call.AbortedAsync();
        Assert.True(await first.BreaksAsync());
        using var next = await AskAsync(recorder, _successor);
        Assert.Equal((2, "live"), (_provider.Requests, next.Kind));
    }

    [Fact]
    public async Task A_failed_attempt_is_not_replayed_to_its_retry_though_nobody_has_ended_it()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync("data: {\"error\":\"overloaded\"}\n\n");
        call.End();
        await first.ReadToEndAsync();
        using var retry = await AskAsync(recorder, _first with { Generation = 3, FailedGeneration = 2 });
        Assert.Equal((2, "live"), (_provider.Requests, retry.Kind));
    }

    [Fact]
    public async Task A_refusal_or_a_broken_answer_is_replayed_to_no_later_attempt()
    {
        await using var recorder = await TestRecorder.StartAsync();
        var asking = recorder.AskAsync(_provider.Url, _first);
        var call = await _provider.NextAsync();
        call.Answer(429, ("Retry-After", "7"));
        call.End();
        using var first = await asking;
        Assert.Equal((HttpStatusCode.TooManyRequests, "7"), (first.Status, first.Header("Retry-After")));
        await first.ReadToEndAsync();
        using var second = await AskAsync(recorder, _successor);
        var broken = second.Call;
        await broken.WriteAsync("half");
        await second.ReadAsync(4);
        broken.Break();
        Assert.True(await second.BreaksAsync());
        await Eventually.IsAsync(() => recorder.Figures.Running == 0);
        using var third = await AskAsync(recorder, _successor with { Generation = 4 });
        Assert.Equal("live", third.Kind);
    }

    [Fact]
    public async Task Another_question_or_a_later_step_is_another_exchange()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        using var other = await AskAsync(recorder, _first, "another question");
        Assert.Equal((2, false), (_provider.Requests, call.IsAborted));
        using var next = await AskAsync(recorder, _first with { Head = 4, Generation = 3 });
        await call.AbortedAsync();
        Assert.Equal(1, recorder.Figures.Exchanges);
    }

    [Fact]
    public async Task An_answer_that_nobody_reads_goes_on_for_a_while_and_then_ends()
    {
        var time = new FakeTimeProvider();
        await using var recorder = await TestRecorder.StartAsync(null, time);
        var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync("one ");
        first.Dispose();
        await Eventually.IsAsync(() => recorder.Figures.Unread == 1);
        time.Advance(TimeSpan.FromMinutes(4));
        await call.WriteAsync("two");
        Assert.False(call.IsAborted);
        time.Advance(TimeSpan.FromMinutes(2));
        await call.AbortedAsync();
        Assert.Equal(0, recorder.Figures.Exchanges);
    }

    [Fact]
    public async Task An_answer_is_kept_for_a_while_after_its_end()
    {
        var time = new FakeTimeProvider();
        await using var recorder = await TestRecorder.StartAsync(null, time);
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync("one");
        call.End();
        await first.ReadToEndAsync();
        await Eventually.IsAsync(() => recorder.Figures.Running == 0);
        time.Advance(TimeSpan.FromMinutes(4));
        using var second = await recorder.AskAsync(_provider.Url, _successor);
        Assert.Equal("one", await second.ReadToEndAsync());
        time.Advance(TimeSpan.FromMinutes(2));
        await Eventually.IsAsync(() => recorder.Figures is { Exchanges: 0, MemoryBytes: 0 });
        using var third = await AskAsync(recorder, _successor);
        Assert.Equal("live", third.Kind);
    }

    [Fact]
    public async Task What_does_not_fit_into_memory_goes_into_a_file_that_holds_no_request_and_goes_too()
    {
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { Recording = new RecordingLimits { MemoryBytes = RecordingLimits.SegmentBytes } });
        using var first = await AskAsync(recorder, _first, "a very private question");
        var call = first.Call;
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number} "));
        await call.WriteAsync(text);
        call.End();
        Assert.Equal(text, await first.ReadToEndAsync());
        using var second = await recorder.AskAsync(_provider.Url, _successor, "a very private question");
        Assert.Equal(text, await second.ReadToEndAsync());
        var file = Assert.Single(Directory.GetFiles(recorder.Folder, "*.spool"));
        var written = await ReadSharedAsync(file);
        Assert.Contains("19999 ", written, StringComparison.Ordinal);
        Assert.DoesNotContain("private", written, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-very-secret", written, StringComparison.Ordinal);
        await recorder.ForgetAsync(_successor);
        Assert.Empty(Directory.GetFiles(recorder.Folder, "*.spool"));
        Assert.Equal((0L, 0L), (recorder.Figures.MemoryBytes, recorder.Figures.SpoolBytes));
    }

    [Fact]
    public async Task A_full_disk_breaks_the_answer_and_nothing_else()
    {
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { MemoryBytes = RecordingLimits.SegmentBytes, SpoolBytes = 1000 });
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync(new string('x', 40_000));
        Assert.True(await first.BreaksAsync());
        await call.AbortedAsync();
        using var next = await AskAsync(recorder, _first with { Generation = 3, FailedGeneration = 2 });
        var small = next.Call;
        await small.WriteAsync("short");
        small.End();
        Assert.Equal("short", await next.ReadToEndAsync());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_breaks_large_answers_and_nothing_else()
    {
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { MemoryBytes = RecordingLimits.SegmentBytes });
        Directory.Delete(recorder.Folder, recursive: true);
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        await call.WriteAsync(new string('x', 40_000));
        Assert.True(await first.BreaksAsync());
        await call.AbortedAsync();
        await Eventually.IsAsync(() => recorder.Figures.Running == 0);
    }

    [Fact]
    public async Task A_start_removes_what_a_crash_has_left_and_a_folder_serves_one_recorder()
    {
        using var folder = new TemporaryFolder();
        var left = folder.File("7.spool");
        await File.WriteAllTextAsync(left, "an answer");
        using (Spool.Open(folder.Path, 1000))
        {
            Assert.False(File.Exists(left));
            Assert.Throws<FolderInUseException>(() => Spool.Open(folder.Path, 1000));
        }

        Spool.Open(folder.Path, 1000).Dispose();
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest", false)]
    [InlineData("http://127.0.0.1:1/", false)]
    [InlineData("ftp://api.example.com/", false)]
    [InlineData("https://user@api.example.com/", false)]
    [InlineData("https://api.example.com.evil.test/", false)]
    [InlineData("https://api.example.com:8443/", false)]
    [InlineData("https://API.example.com/v1/chat?key=x", true)]
    [InlineData("http://127.0.0.1:11434/v1", true)]
    public void Only_named_hosts_are_allowed(string target, bool isAllowed) =>
        Assert.Equal(isAllowed, new AllowedHosts(["api.example.com", "127.0.0.1:11434"]).Allows(new Uri(target)));

    [Fact]
    public async Task A_host_that_is_not_allowed_is_refused_and_a_redirect_is_not_followed()
    {
        await using var closed = await TestRecorder.StartAsync(
            options => options with { Hosts = new AllowedHosts(["api.example.com"]) });
        using var refused = await closed.AskAsync(_provider.Url, _first);
        Assert.Equal(
            (HttpStatusCode.Forbidden, RecorderErrors.HostNotAllowed, 0),
            (refused.Status, refused.Error, _provider.Requests));
        await using var open = await TestRecorder.StartAsync();
        var asking = open.AskAsync(_provider.Url, _first);
        var call = await _provider.NextAsync();
        call.Answer(302, ("Location", new Uri(_provider.Url, "elsewhere").AbsoluteUri));
        call.End();
        using var moved = await asking;
        Assert.Equal((HttpStatusCode.Found, 1), (moved.Status, _provider.Requests));
    }

    [Fact]
    public async Task The_provider_sees_its_own_headers_and_none_of_the_recorder()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var reply = await AskAsync(recorder, _first, "{\"a\":1}");
        var call = reply.Call;
        Assert.Equal(("Bearer sk-very-secret", "{\"a\":1}"), (call.Headers["Authorization"], call.Body));
        Assert.DoesNotContain(
            call.Headers.Keys, name => name.StartsWith("Recorder", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(_provider.Url.Authority, call.Headers["Host"]);
        call.End();
    }

    [Fact]
    public async Task Beyond_the_number_of_exchanges_a_request_is_refused_until_one_has_ended()
    {
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { Ledger = new LedgerLimits { MaxExchanges = 1 } });
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        using var refused = await recorder.AskAsync(_provider.Url, _first with { Chat = "other" });
        Assert.Equal((HttpStatusCode.ServiceUnavailable, RecorderErrors.Full), (refused.Status, refused.Error));
        call.End();
        await first.ReadToEndAsync();
        await Eventually.IsAsync(() => recorder.Figures.Unread == 1);
        using var next = await AskAsync(recorder, _first with { Chat = "other" });
        Assert.Equal("live", next.Kind);
    }

    [Fact]
    public async Task A_slow_reader_does_not_stop_the_recording()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var slow = await AskAsync(recorder, _first);
        var call = slow.Call;
        var piece = new string('x', 1024 * 1024);
        for (var i = 0; i < 16; i++)
        {
            await call.WriteAsync(piece).WaitAsync(TimeSpan.FromMinutes(1));
        }

        call.End();
        await Eventually.IsAsync(() => recorder.Figures.Running == 0);
        using var quick = await recorder.AskAsync(_provider.Url, _first);
        Assert.Equal(16 * piece.Length, (await quick.ReadToEndAsync()).Length);
        Assert.Equal(16 * piece.Length, (await slow.ReadToEndAsync()).Length);
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_said_to_be_so()
    {
        await using var recorder = await TestRecorder.StartAsync();
        using var reply = await recorder.AskAsync(new Uri("http://127.0.0.1:1/"), _first);
        Assert.Equal((HttpStatusCode.BadGateway, RecorderErrors.NoAnswer), (reply.Status, reply.Error));
    }

    [Fact]
    public async Task A_recorder_that_no_server_asks_ends_once_nothing_runs()
    {
        var time = new FakeTimeProvider();
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { IdleTime = TimeSpan.FromMinutes(1) }, time);
        var ends = new TaskCompletionSource();
        recorder.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(
            () => ends.TrySetResult());
        using var first = await AskAsync(recorder, _first);
        var call = first.Call;
        time.Advance(TimeSpan.FromMinutes(2));
        call.End();
        await first.ReadToEndAsync();
        await Eventually.AdvanceUntilAsync(time, ends.Task, TimeSpan.FromSeconds(10));
    }

    private static async Task<string> ReadSharedAsync(string file)
    {
        // The recorder holds it for itself; other programs of this user could read it all the same.
        var copy = $"{file}.copy";
        using var cat = System.Diagnostics.Process.Start("cp", [file, copy]);
        await cat.WaitForExitAsync();
        var text = await File.ReadAllTextAsync(copy);
        File.Delete(copy);
        return text;
    }

    /// <summary>Asks, and waits until the provider has the request and the reply has begun.</summary>
    private async Task<RecorderReply> AskAsync(TestRecorder recorder, ModelCallId id, string body = "{}")
    {
        var asking = recorder.AskAsync(_provider.Url, id, body);
        var call = await _provider.NextAsync();
        await call.WriteAsync("");
        var reply = await asking;
        reply.Call = call;
        return reply;
    }
}
