using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DurableChat.Chats;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Model calls by the names of OpenTelemetry's conventions.</summary>
public sealed class ModelCallMetricsTests : IDisposable
{
    private const string Common =
        "gen_ai.operation.name=chat gen_ai.provider.name=unknown gen_ai.request.model=demo "
        + "gen_ai.response.model=costly-2";
    private readonly ConcurrentQueue<string> _seen = [];
    private readonly CountingMeters _meters = new();
    private readonly MeterListener _listener = new();

    public ModelCallMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == _meters && instrument.Name.StartsWith("gen_ai.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            See($"{instrument.Name} {value} {instrument.Unit}", tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
            See($"{instrument.Name} {instrument.Unit}", tags));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Each_attempt_counts_its_tokens_its_time_and_its_error()
    {
        var node = new Node(
            new FakeStore(),
            new CostlyModel((call, _) => call == 1 ? CostlyModel.Fail("") : CostlyModel.Say(new TextPart("answer"))),
            meters: _meters);
        var id = await node.CreateAsync();
        while (node.Store.State(id).NeedsWorker)
        {
            node.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        Assert.Equal(
            [
                $"gen_ai.client.token.usage 1 {{token}} {Common} gen_ai.token.type=input",
                $"gen_ai.client.token.usage 10 {{token}} {Common} gen_ai.token.type=output",
                $"gen_ai.client.operation.duration s {Common} error.type=model_overloaded",
                $"gen_ai.client.token.usage 2 {{token}} {Common} gen_ai.token.type=input",
                $"gen_ai.client.token.usage 20 {{token}} {Common} gen_ai.token.type=output",
                $"gen_ai.client.operation.duration s {Common}",
            ],
            _seen);
    }

    [Fact]
    public async Task A_call_that_is_stopped_is_not_taken_for_one_that_was_answered()
    {
        var node = new Node(new FakeStore(), new CostlyModel((_, ct) => CostlyModel.Hang("half", ct)), meters: _meters);
        var id = await node.CreateAsync();
        await node.FollowAsync(id, screen => screen.Preview == "half");
        await node.ExecuteAsync(id, new Interrupt());
        await node.FollowAsync(id, screen => screen.Status == "waiting");
        Assert.Contains($"gen_ai.client.operation.duration s {Common} error.type=cancelled", _seen);
    }

    private void See(string measured, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen.Enqueue($"{measured} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}");
}
