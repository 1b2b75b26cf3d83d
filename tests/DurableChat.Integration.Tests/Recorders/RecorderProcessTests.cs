using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Processes;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>Servers and the recorder beside them, as processes that are killed, stopped and paused in
/// mid-answer.</summary>
public sealed class RecorderProcessTests : IAsyncLifetime
{
    private static readonly Func<Screen, bool> _ended = screen =>
        screen.Status is "error" || (screen.Status == "waiting" && screen.Ids.Count >= 2);
    private readonly TemporaryFolder _folder = new();
    private FakeProvider _provider = null!;

    private string ProcessIdFile => Path.Combine(_folder.File("chat.db.recorder"), "pid");

    public async ValueTask InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await SignalAsync("KILL");
        await _provider.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_dies_or_stops_in_mid_answer_goes_on_with_it_after_its_restart(bool isKilled)
    {
        var screen = new Screen();
        string chat;
        ProviderCall call;
        using (var server = await StartAsync())
        {
            chat = await server.CreateAsync("hello");
            call = await _provider.NextAsync();
            await call.SayAsync("one ");
            await server.FollowAsync(chat, shown => shown.Preview == "one ", screen);
            if (isKilled)
            {
                server.Kill();
            }
            else
            {
                Assert.Equal(0, await server.StopAsync());
            }
        }

        await call.SayAsync("two ");
        using var again = await StartAsync();
        await again.FollowAsync(chat, shown => shown.Preview == "one two ", screen);
        await call.SayAsync("three");
        await call.FinishAsync();
        await again.FollowAsync(chat, _ended, screen);
        Assert.Equal(["hello", "one two three"], screen.Texts);
        Assert.Equal((1, false), (_provider.Requests, call.IsAborted));
    }

    [Fact]
    public async Task A_server_that_stops_waits_for_no_kept_answer_and_its_next_start_shows_the_same_one_without_a_break()
    {
        var screen = new Screen();
        string chat;
        ProviderCall call;
        using (var server = await StartAsync("DurableChat__Worker__DrainTime=00:05:00"))
        {
            chat = await server.CreateAsync("hello");
            call = await _provider.NextAsync();
            await call.SayAsync("one ");
            await call.SayAsync("two ");
            await server.FollowAsync(chat, shown => shown.Preview == "one two ", screen);
            Assert.Equal(0, await server.StopAsync().WaitAsync(TimeSpan.FromMinutes(1)));
        }

        using var again = await StartAsync();
        var fresh = await again.FollowAsync(chat, shown => shown.Preview == "one two ");
        await call.SayAsync("three ");
        await again.FollowAsync(chat, shown => shown.Preview == "one two three ", screen);
        await call.SayAsync("four");
        await call.FinishAsync();
        await again.FollowAsync(chat, _ended, screen);
        Assert.Equal(["hello", "one two three four"], screen.Texts);
        Assert.Equal((1, false), (_provider.Requests, call.IsAborted));
        Assert.DoesNotContain(
            screen.Log.Concat(fresh.Log), entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_ended_while_the_server_was_dead_is_there_when_it_comes_back()
    {
        string chat;
        using (var server = await StartAsync())
        {
            chat = await server.CreateAsync("hello");
            var call = await _provider.NextAsync();
            await call.SayAsync("one ");
            await server.FollowAsync(chat, shown => shown.Preview == "one ");
            server.Kill();
            await call.SayAsync("two");
            await call.FinishAsync();
        }

        using var again = await StartAsync();
        Assert.Equal(["hello", "one two"], (await again.FollowAsync(chat, _ended)).Texts);
        Assert.Equal(1, _provider.Requests);
    }

    [Fact]
    public async Task A_recorder_that_is_killed_in_mid_answer_costs_a_second_request_and_nothing_is_stuck()
    {
        using var server = await StartAsync();
        var chat = await server.CreateAsync("hello");
        var call = await _provider.NextAsync();
        await call.SayAsync("one ");
        var screen = await server.FollowAsync(chat, shown => shown.Preview == "one ");
        var killed = await File.ReadAllTextAsync(ProcessIdFile);
        await SignalAsync("KILL");
        var second = await _provider.NextAsync();
        await second.SayAsync("two");
        await second.FinishAsync();
        await server.FollowAsync(chat, _ended, screen);
        Assert.Equal(["hello", "two"], screen.Texts);
        Assert.Equal(2, _provider.Requests);
        Assert.NotEqual(killed, await File.ReadAllTextAsync(ProcessIdFile));
    }

    [Fact]
    public async Task A_recorder_that_is_paused_is_a_model_that_is_silent_and_works_again_later()
    {
        using var server = await StartAsync("Models__0__Silence=00:00:05", "Models__0__MaxAttempts=1");
        var chat = await server.CreateAsync("hello");
        var call = await _provider.NextAsync();
        await call.SayAsync("one ");
        await server.FollowAsync(chat, shown => shown.Preview == "one ");
        await SignalAsync("STOP");
        await server.FollowAsync(chat, _ended);
        var error = (await server.Http.GetFromJsonAsync<JsonElement>($"chats/{chat}")).GetProperty("error");
        Assert.Equal("model_timeout", error.GetProperty("code").GetString());
        await SignalAsync("CONT");
        var other = await server.CreateAsync("hello again");
        var next = await _provider.NextAsync();
        await next.SayAsync("two");
        await next.FinishAsync();
        Assert.Equal("two", (await server.FollowAsync(other, _ended)).Texts[1]);
    }

    [Fact]
    public async Task Keys_and_secrets_are_in_no_file_but_that_of_the_secret()
    {
        using var server = await StartAsync();
        var chat = await server.CreateAsync("hello");
        var call = await _provider.NextAsync();
        await call.SayAsync("one");
        await call.FinishAsync();
        await server.FollowAsync(chat, _ended);
        var folder = _folder.File("chat.db.recorder");
        var secret = await File.ReadAllTextAsync(Path.Combine(folder, "secret"));
        var files = Directory.GetFiles(folder).Where(file => Path.GetFileName(file) is not ("secret" or "socket" or "lock"));
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.DoesNotContain("sk-very-secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(folder));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "secret")));
        }

        var environment = await File.ReadAllTextAsync($"/proc/{await File.ReadAllTextAsync(ProcessIdFile)}/environ");
        Assert.DoesNotContain("sk-very-secret", environment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen nonsense", "--listen is wrong")]
    [InlineData("--listen https://127.0.0.1:1", "--listen is wrong")]
    [InlineData("--keep 00:00:00", "--keep must be more than zero")]
    [InlineData("--max-exchanges 0", "--max-exchanges is a number from 1")]
    [InlineData("", "needs a secret of at least 32 characters")]
    public async Task A_recorder_that_cannot_run_says_why(string arguments, string expected)
    {
        string[] secret = arguments.Length == 0 ? [] : [$"DURABLECHAT_RECORDER_SECRET={TestRecorder.Secret}"];
        var run = await ProgramRun.RunAsync(
            secret,
            [
                "recorder", "--allow-host", "*", "--folder", _folder.File("spool"),
                .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recorder_without_hosts_does_not_start()
    {
        var run = await ProgramRun.RunAsync(
            [$"DURABLECHAT_RECORDER_SECRET={TestRecorder.Secret}"], ["recorder", "--folder", _folder.File("spool")]);
        Assert.Equal(2, run.Code);
        Assert.Contains("--allow-host", run.Error, StringComparison.Ordinal);
    }

    private Task<ServerProcess> StartAsync(params string[] environment) => ServerProcess.StartAsync(
        _folder.File("chat.db"),
        [
            "Models__0__Name=real", "Models__0__Provider=openai", "Models__0__Model=m",
            $"Models__0__Endpoint={_provider.Url}v1", "Models__0__ApiKey=sk-very-secret",
            "DurableChat__Recorder__Address=auto", "DurableChat__Worker__DrainTime=00:00:00.2", .. environment,
        ]);

    private async Task SignalAsync(string signal)
    {
        if (!File.Exists(ProcessIdFile))
        {
            return;
        }

        var id = int.Parse(await File.ReadAllTextAsync(ProcessIdFile), CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [$"-{signal}", $"{id}"]);
        await kill.WaitForExitAsync();
        if (signal == "KILL")
        {
            // The folder is removed next, and nobody is to write into it meanwhile.
            await Eventually.IsAsync(
                () => !Directory.Exists($"/proc/{id}")
                    || File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal));
        }
    }
}
