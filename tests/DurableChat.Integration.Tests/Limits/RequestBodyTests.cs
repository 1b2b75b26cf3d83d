using System.Text;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.AiSdk;
using DurableChat.AspNetCore.Bodies;
using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>What reading a body costs in memory, and what it takes of the budget and gives back.</summary>
public sealed class RequestBodyTests
{
    private const int MiB = 1024 * 1024;

    private readonly DurableChatHttpOptions _options = new();

    [Fact]
    public async Task A_body_of_very_many_tiny_values_is_refused_without_making_them()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"history":[{{Repeat("{}", MiB / 3)}}]}""");
        var (body, allocated) = await MeasureAsync(json, context => RequestBody.ReadAsync(context, HttpJson.Strict.CreateChatRequest, 2 * MiB));
        Assert.Equal("too_many_values", await CodeAsync(body.Problem));
        Assert.True(allocated < json.Length / 4, $"{allocated} bytes were allocated for {json.Length}");
    }

    [Theory]
    [InlineData("""{"id":"a","role":"user","parts":[]}""")]
    [InlineData("""{"parts":[{"x":[1,{"y":[]}]}],"role":"assistant"}""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    public async Task A_history_of_tiny_messages_costs_little_more_than_its_bytes(string message)
    {
        var last = """{"id":"last","role":"user","parts":[{"type":"text","text":"Hello"}]}""";
        var json = Encoding.UTF8.GetBytes($$"""{"id":"chat","messages":[{{Repeat(message, 4 * MiB / (message.Length + 1))}},{{last}}],"trigger":"submit-message"}""");
        var (body, allocated) = await MeasureAsync(json, context => RequestBody.ReadAsync(context, AiSdkJson.Lenient.AiSdkRequest, 8 * MiB, AiSdkRequest.MessagesField));
        Assert.Null(body.Problem);
        Assert.Equal("last", body.Value!.Messages!.Last!.Id);
        Assert.True(allocated < json.Length / 4, $"{allocated} bytes were allocated for {json.Length}");
        body.Dispose();
    }

    [Fact]
    public async Task Of_the_messages_of_a_client_only_the_last_counts()
    {
        var many = Repeat("1", _options.MaxBodyValues);
        var small = """{"id":"a","role":"user","parts":[]}""";
        Assert.Equal("too_many_values", await CodeAsync((await ReadAiSdkAsync($$"""{"id":"c","messages":[{{small}},{"id":"b","role":"assistant","parts":[{"output":[{{many}}]}]}]}""")).Problem));
        Assert.Equal("too_many_values", await CodeAsync((await ReadAiSdkAsync($$"""{"id":"c","messages":[{{small}}],"more":[{{many}}]}""")).Problem));
        using var read = await ReadAiSdkAsync($$"""{"id":"c","messages":[{"id":"b","role":"assistant","parts":[{"output":[{{many}}]}]},{{small}}],"trigger":"submit-message"}""");
        Assert.Equal((2, "a"), (read.Value!.Messages!.Count, read.Value.Messages.Last!.Id));
    }

    [Theory]
    [InlineData("[]", 0, 0)]
    [InlineData("""[{"id":"msg_4","role":"user"}]""", 0, 0)]
    [InlineData("""[{"id":"msg_4","role":"user"},{"id":"x","role":"user"}]""", 4, 0)]
    [InlineData("""[{"id":"turn_4"},{"id":"a","role":"user"},null,{"role":"assistant","id":"b"},{"id":"c","role":"user","more":{"id":"turn_9"}},{"id":"x"}]""", 4, 2)]
    [InlineData("""[{"id":"turn_4"},{"id":"turn_8"},{"id":null,"role":"user"},{"id":"x"}]""", 8, 1)]
    public async Task The_place_of_the_last_message_is_read_of_the_others(string messages, long known, int usersSince)
    {
        using var body = await ReadAiSdkAsync($$"""{"id":"c","messages":{{messages}}}""");
        Assert.Equal((known, usersSince), (body.Value!.Messages!.Known, body.Value.Messages.UsersSince));
    }

    [Theory]
    [InlineData("""[{"id":5},{}]""", "messages[0].id")]
    [InlineData("""[null,{"role":[]},{}]""", "messages[1].role")]
    [InlineData("""[{},7,{}]""", "messages[1]")]
    [InlineData("""[{},{"id":"a","id":"b"}]""", "messages[1]")]
    [InlineData("""[{},{"id":{}}]""", "messages[1].id")]
    [InlineData("{}", "messages")]
    public async Task A_history_of_the_wrong_form_is_refused_with_the_place(string messages, string field)
    {
        var body = await ReadAiSdkAsync($$"""{"id":"c","messages":{{messages}}}""");
        Assert.StartsWith(field, (await ProblemAsync(body.Problem)).Extensions["field"]?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_in_the_budget_until_it_is_disposed_with_its_values()
    {
        using var host = new Host(_options);
        var context = host.Context("""{"content":"Hello"}"""u8.ToArray());
        var body = await RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, MiB);
        Assert.Equal("Hello", body.Value!.Content);
        Assert.Equal(19 + (2 * 100), host.Budget.Taken);
        body.Dispose();
        Assert.Equal((0, 0), (host.Budget.Taken, host.Budget.Owners));
    }

    [Theory]
    [InlineData("""{"content":5}""")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"content":"\ud800"}""")]
    public async Task A_body_that_is_refused_leaves_the_budget(string json)
    {
        using var host = new Host(_options);
        var body = await RequestBody.ReadAsync(host.Context(Encoding.UTF8.GetBytes(json)), HttpJson.Strict.SendMessageRequest, MiB);
        Assert.NotNull(body.Problem);
        Assert.Equal((0, 0), (host.Budget.Taken, host.Budget.Owners));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_whose_client_goes_away_leaves_the_budget(bool isAnnounced)
    {
        using var host = new Host(_options);
        using var gone = new CancellationTokenSource();
        var context = host.Context([], new BreakingStream(64 * 1024, () => throw new IOException("The client is gone.")));
        context.Request.ContentLength = isAnnounced ? MiB : null;
        await Assert.ThrowsAsync<IOException>(() => RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, MiB));
        Assert.Equal((0, 0), (host.Budget.Taken, host.Budget.Owners));

        context = host.Context([], new BreakingStream(64 * 1024, gone.Cancel));
        context.Request.ContentLength = isAnnounced ? MiB : null;
        context.RequestAborted = gone.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, MiB));
        Assert.Equal((0, 0), (host.Budget.Taken, host.Budget.Owners));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_share_of_its_owner_is_refused_before_it_is_read_or_as_it_comes(bool isAnnounced)
    {
        using var host = new Host(new DurableChatHttpOptions { MaxBodyBytes = MiB, MaxAiSdkBodyBytes = MiB, MaxBodyBytesInFlightOfOwner = MiB, MaxBodyBytesInFlight = MiB + 1000 });
        using var other = new BodyClaim(host.Budget, "alice");
        Assert.Null(other.TryGrow(MiB - 1000));
        var read = new BreakingStream(100_000, () => throw new IOException("Read to the end."));
        var context = host.Context([], read);
        context.Request.ContentLength = isAnnounced ? 100_000 : null;
        using var answer = await RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, MiB);
        Assert.Equal("too_many_bodies", await CodeAsync(answer.Problem));
        Assert.Equal("1", context.Response.Headers.RetryAfter.ToString() is { Length: > 0 } told ? told : await RetryAfterAsync(answer.Problem));
        Assert.InRange(read.Position, 0, isAnnounced ? 0 : 8 * 1024);

        using var bob = new BodyClaim(host.Budget, "bob");
        Assert.Null(bob.TryGrow(2000));
        Assert.Equal(BodyRefusal.Replica, bob.TryGrow(1));
        other.Dispose();
        Assert.Null(bob.TryGrow(2000));
    }

    [Fact]
    public void What_costs_more_than_a_share_is_accepted_alone()
    {
        var budget = new BodyBudget(new DurableChatHttpOptions { MaxBodyBytesInFlightOfOwner = MiB, MaxBodyBytesInFlight = 2 * MiB });
        using var one = new BodyClaim(budget, "alice");
        Assert.Null(one.TryGrow(1000));
        Assert.Null(one.TryGrow(100 * MiB));
        using var two = new BodyClaim(budget, "alice");
        Assert.Equal(BodyRefusal.Owner, two.TryGrow(1));
        one.Dispose();
        Assert.Null(two.TryGrow(1));
        two.Dispose();
        Assert.Equal((0, 0), (budget.Taken, budget.Owners));
    }

    [Fact]
    public void Large_bodies_leave_room_for_small_ones()
    {
        var budget = new BodyBudget(new DurableChatHttpOptions { MaxBodyBytes = MiB, MaxAiSdkBodyBytes = MiB, MaxBodyBytesInFlightOfOwner = 4 * MiB, MaxBodyBytesInFlight = 8 * MiB });
        using var one = new BodyClaim(budget, "alice");
        using var two = new BodyClaim(budget, "bob");
        using var small = new BodyClaim(budget, "carol");
        Assert.Null(one.TryGrow(4 * MiB));
        Assert.Equal(BodyRefusal.Replica, two.TryGrow(4 * MiB));
        Assert.Null(two.TryGrow(3 * MiB));
        Assert.Null(small.TryGrow(BodyLane.SmallBytes));
        Assert.Equal(BodyRefusal.Replica, small.TryGrow(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_large_body_is_parsed_in_the_lane_and_a_small_one_passes_by()
    {
        using var host = new Host(_options);
        await host.Lane.EnterAsync("bob", TestContext.Current.CancellationToken);
        using var small = await RequestBody.ReadAsync(host.Context(Message(1000)), HttpJson.Strict.SendMessageRequest, MiB);
        Assert.Null(small.Problem);

        var reading = RequestBody.ReadAsync(host.Context(Message(BodyLane.SmallBytes)), HttpJson.Strict.SendMessageRequest, MiB);
        Assert.Equal((1, false), (host.Lane.Owners, reading.IsCompleted));
        host.Lane.Leave();
        using (var large = await reading)
        {
            Assert.Equal(BodyLane.SmallBytes, large.Value!.Content!.Length);
        }

        // The place is free again, also after a body that is refused.
        (await RequestBody.ReadAsync(host.Context(new byte[BodyLane.SmallBytes + 1]), HttpJson.Strict.SendMessageRequest, MiB)).Dispose();
        await host.Lane.EnterAsync("bob", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_body_whose_client_goes_away_in_the_lane_leaves_it_and_the_budget()
    {
        using var host = new Host(_options);
        using var gone = new CancellationTokenSource();
        await host.Lane.EnterAsync("bob", TestContext.Current.CancellationToken);
        var context = host.Context(Message(BodyLane.SmallBytes));
        context.RequestAborted = gone.Token;
        var reading = RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, MiB);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal((0, 0, 0), (host.Lane.Owners, host.Budget.Taken, host.Budget.Owners));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_makes_a_body_large_is_copied_in_turn()
    {
        using var host = new Host(_options);
        await host.Lanes.Arriving.EnterAsync("bob", TestContext.Current.CancellationToken);
        using var small = await RequestBody.ReadAsync(host.Context(Message(BodyLane.SmallBytes - 100)), HttpJson.Strict.SendMessageRequest, MiB);
        Assert.Null(small.Problem);

        var reading = RequestBody.ReadAsync(host.Context(Message(2 * BodyLane.SmallBytes)), HttpJson.Strict.SendMessageRequest, MiB);
        Assert.Equal((1, false), (host.Lanes.Arriving.Owners, reading.IsCompleted));
        host.Lanes.Arriving.Leave();
        using var large = await reading;
        Assert.Equal(2 * BodyLane.SmallBytes, large.Value!.Content!.Length);
        await host.Lanes.Arriving.EnterAsync("bob", TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_body_that_is_not_wanted_is_answered_first_and_then_dropped_in_turn()
    {
        using var host = new Host(_options);
        await host.Lanes.Arriving.EnterAsync("bob", TestContext.Current.CancellationToken);
        var context = host.Context(new byte[MiB]);
        context.Response.Body = new MemoryStream();
        var refused = await RequestBody.ReadAsync(context, HttpJson.Strict.SendMessageRequest, MiB / 2);
        var answering = refused.Problem!.ExecuteAsync(context);
        Assert.Equal((StatusCodes.Status413PayloadTooLarge, 1, false), (context.Response.StatusCode, host.Lanes.Arriving.Owners, answering.IsCompleted));
        Assert.NotEqual(0, context.Response.Body.Length);
        host.Lanes.Arriving.Leave();
        await answering;
        Assert.Equal(MiB, context.Request.Body.Position);

        // A client that waits for leave to send its body is not asked for it.
        context = host.Context(new byte[MiB]);
        context.Request.Headers.Expect = "100-continue";
        await refused.Problem!.ExecuteAsync(context);
        Assert.Equal(0, context.Request.Body.Position);
    }

    private static byte[] Message(int length) => Encoding.UTF8.GetBytes($$"""{"content":"{{new string('x', length)}}"}""");

    private static string Repeat(string value, int count) => string.Join(',', Enumerable.Repeat(value, count));

    private static async Task<string?> CodeAsync(IResult? problem) => (await ProblemAsync(problem)).Extensions["code"]?.ToString();

    private static async Task<Microsoft.AspNetCore.Mvc.ProblemDetails> ProblemAsync(IResult? problem)
    {
        Assert.NotNull(problem);
        var answered = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(), Response = { Body = new MemoryStream() } };
        await problem.ExecuteAsync(answered);
        answered.Response.Body.Position = 0;
        return (await System.Text.Json.JsonSerializer.DeserializeAsync<Microsoft.AspNetCore.Mvc.ProblemDetails>(answered.Response.Body, cancellationToken: TestContext.Current.CancellationToken))!;
    }

    private static async Task<string> RetryAfterAsync(IResult? problem)
    {
        var answered = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        await problem!.ExecuteAsync(answered);
        return answered.Response.Headers.RetryAfter.ToString();
    }

    private async Task<RequestBody<AiSdkRequest>> ReadAiSdkAsync(string json)
    {
        using var host = new Host(_options);
        return await RequestBody.ReadAsync(host.Context(Encoding.UTF8.GetBytes(json)), AiSdkJson.Lenient.AiSdkRequest, 8 * MiB, AiSdkRequest.MessagesField);
    }

    /// <summary>
    /// Reads a body a second time, when all that is made once has been made, and says what that allocated.
    /// </summary>
    private async Task<(RequestBody<T> Body, long Allocated)> MeasureAsync<T>(byte[] json, Func<HttpContext, Task<RequestBody<T>>> read)
        where T : class
    {
        using var host = new Host(_options);
        (await read(host.Context(json))).Dispose();
        var context = host.Context(json);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var body = read(context);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(body.IsCompleted, "The body was not read on this thread.");
        return (await body, allocated);
    }

    private sealed class Host : IDisposable
    {
        private readonly ServiceProvider _services;

        public Host(DurableChatHttpOptions options)
        {
            _services = new ServiceCollection().AddLogging().AddSingleton(options).AddSingleton<BodyBudget>().AddSingleton(Lanes).AddSingleton(TimeProvider.System).AddSingleton(new OwnerMapping(_ => "alice")).BuildServiceProvider();
            Budget = _services.GetRequiredService<BodyBudget>();
        }

        public BodyBudget Budget { get; }

        public BodyLane Lane => Lanes.Parsing;

        public BodyLanes Lanes { get; } = new(new SameThread()) { Arriving = new(places: 1), Parsing = new(places: 1) };

        public DefaultHttpContext Context(byte[] json, Stream? body = null)
        {
            var context = new DefaultHttpContext { RequestServices = _services };
            context.Request.ContentType = "application/json";
            context.Request.ContentLength = body is null ? json.Length : null;
            context.Request.Body = body ?? new MemoryStream(json);
            return context;
        }

        public void Dispose() => _services.Dispose();
    }

    /// <summary>Parses on the thread of the test, which counts what it allocates.</summary>
    private sealed class SameThread : TaskScheduler
    {
        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => TryExecuteTask(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }

    /// <summary>Gives so many bytes and then does something else.</summary>
    private sealed class BreakingStream(int bytes, Action then) : MemoryStream(new byte[bytes])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                then();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
