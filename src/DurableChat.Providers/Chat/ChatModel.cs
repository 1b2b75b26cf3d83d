using System.Runtime.CompilerServices;
using System.Text.Json;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>A model behind a Chat Completions API. Thread-safe.</summary>
internal sealed class ChatModel : IModelClient
{
    /// <summary>The name of the protocol in replays.</summary>
    public const string Wire = "openai.chat";

    private const string Operation = "chat/completions";

    /// <summary>How long a server may take to send usage or close the stream after the finish reason.</summary>
    private static readonly TimeSpan _patienceAtEnd = TimeSpan.FromSeconds(10);

    private static readonly Uri _openAI = new("https://api.openai.com/v1");

    private readonly ProviderConnection _connection;
    private readonly ChatRequestWriter _writer;
    private readonly ChatRules _rules;
    private readonly Provider _provider;
    private readonly KeyValuePair<string, string>[] _headers;
    private readonly bool _parsesThinkTags;
    private readonly TimeProvider _time;

    /// <summary>Creates a model client.</summary>
    /// <param name="options">The model and how to reach it.</param>
    /// <param name="http">Sends the requests.</param>
    /// <param name="time">The clock.</param>
    public ChatModel(ProviderOptions options, HttpClient http, TimeProvider time)
    {
        var address = ProviderAddress.Of(options.Endpoint ?? _openAI, Operation, options.Query);
        _rules = ChatRules.Of(options.Flavour, address, options.Model);
        _provider = Provider.Of(Wire, address, options);
        _connection = new ProviderConnection(http, address, options, time);
        _writer = new ChatRequestWriter(options, _rules, _provider);
        _headers = [.. AzureAddress.KeyHeaders(address, options.Key)];
        _parsesThinkTags = options.ParsesThinkTags;
        _time = time;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = new ChatAnswer(
            _rules, _provider, _parsesThinkTags, _connection.Explain, new HeldContent(request.OnContent));
        var isDone = false;
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var events = _connection.PostAsync(_writer.Write(request), _headers, request, either.Token)
            .GetAsyncEnumerator(either.Token);
        await using var disposal = events.ConfigureAwait(false);
        while (await MoveNextAsync(events, answer, cancellationToken).ConfigureAwait(false))
        {
            var (type, data) = events.Current;
            isDone |= type == ProviderConnection.Done;
            foreach (var update in answer.Read(type, data))
            {
                yield return update;
            }

            if (answer.IsEnded)
            {
                patience.CancelAfter(_patienceAtEnd);
            }
        }

        foreach (var update in answer.End(isDone))
        {
            yield return update;
        }
    }

    /// <summary>Reads the next event. A failure after the end of an answer does not discard the answer.</summary>
    private static async ValueTask<bool> MoveNextAsync(
        IAsyncEnumerator<(string Type, JsonElement Data)> events,
        ChatAnswer answer,
        CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (
            answer.IsEnded && exception is IOException or HttpRequestException or ModelException or FormatException
                or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
