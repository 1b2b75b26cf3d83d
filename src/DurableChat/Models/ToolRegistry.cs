using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace DurableChat.Models;

/// <summary>
/// The tools that run on the server: registered tools and those of tool sources. A call may run more than once if the
/// server dies between the call and the commit of its result. The repeated call has the same key, which the tool finds
/// under <see cref="IdempotencyKey"/> in the context of its arguments. No call of another chat or step has that key.
/// Thread-safe.
/// </summary>
public sealed partial class ToolRegistry
{
    /// <summary>
    /// The key in <see cref="AIFunctionArguments.Context"/> under which a tool finds the idempotency key of the call.
    /// </summary>
    public const string IdempotencyKey = "idempotency_key";

    /// <summary>
    /// The key in <see cref="AIFunctionArguments.Context"/> under which a tool finds an <see cref="IProgress{T}"/> of
    /// strings. Its reports are shown to subscribers of the chat while the call runs: at most one text per 250 ms, the
    /// newest, limited to 1,000 characters. They are not stored. Any thread may report. Reporting never blocks and
    /// never throws.
    /// </summary>
    public const string Progress = "progress";

    private readonly Dictionary<string, AIFunction> _tools;
    private readonly IToolSource[] _sources;
    private readonly ToolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ToolRegistry> _logger;

    /// <summary>Creates a registry.</summary>
    /// <exception cref="ArgumentException">Two tools share a name.</exception>
    public ToolRegistry(
        IEnumerable<AIFunction> tools,
        ToolOptions options,
        TimeProvider time,
        ILogger<ToolRegistry> logger,
        IEnumerable<IToolSource>? sources = null)
    {
        _sources = [.. sources ?? []];
        _tools = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>The settings for running tools.</summary>
    internal ToolOptions Options => _options;

    /// <summary>
    /// True if a call with this name waits for the client. A server tool hides a client-side tool with the same name.
    /// </summary>
    public bool IsClientTool(string name, Chat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return Find(name) is null && chat.ClientTools.Any(tool => tool.Name == name);
    }

    /// <summary>
    /// The declarations for the model: the server's tools and the chat's client-side tools. They cannot be invoked.
    /// Otherwise an <see cref="IChatClient"/> that invokes functions would run them too.
    /// </summary>
    public IList<AITool> Declare(Chat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return
        [
            .. ServerTools().Select(tool => tool.AsDeclarationOnly()),
            .. chat.ClientTools.Where(tool => IsClientTool(tool.Name, chat)).Select(tool =>
            {
                using var schema = JsonDocument.Parse(tool.Parameters);
                return AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, schema.RootElement.Clone());
            }),
        ];
    }

    /// <summary>
    /// Runs a call. Any failure becomes a result that the model can read. If a cancelled tool still returns a result,
    /// its work is done and the result counts.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="idempotencyKey">The key that lets the tool detect a repeated call.</param>
    /// <param name="services">The services that the tool can resolve.</param>
    /// <param name="cancellationToken">
    /// Asks the tool to stop. The task ends when the tool does, or at its time limit.
    /// </param>
    /// <exception cref="OperationCanceledException">The tool stopped because it was asked to.</exception>
    public Task<ToolResultPart> InvokeAsync(
        ToolCallPart call,
        string idempotencyKey,
        IServiceProvider services,
        CancellationToken cancellationToken) =>
        InvokeAsync(call, idempotencyKey, services, static _ => { }, cancellationToken);

    /// <summary>Runs a call, with a delegate that shows the tool's progress. The delegate must not throw.</summary>
    internal async Task<ToolResultPart> InvokeAsync(
        ToolCallPart call,
        string idempotencyKey,
        IServiceProvider services,
        Action<string> showProgress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using var progress = new ToolProgress(showProgress, _time);
        using var activity = DurableChatActivitySource.StartTool(call.Name, call.CallId);
        using var limit = new CancellationTokenSource(_options.CallTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (Find(call.Name) is not { } tool)
            {
                return new ToolResultPart(call.CallId, $"There is no tool named '{call.Name}'.", IsError: true);
            }

            var arguments = new AIFunctionArguments(ToolArguments.Parse(call.Arguments))
            {
                Services = services,
                Context = new Dictionary<object, object?> { [IdempotencyKey] = idempotencyKey, [Progress] = progress },
            };

            // A tool that ignores its token or blocks its thread must not block the turn.
            var result = await Task.Run(() => tool.InvokeAsync(arguments, both.Token).AsTask(), CancellationToken.None)
                .WaitAsync(limit.Token)
                .ConfigureAwait(false);
            return new ToolResultPart(call.CallId, Cut(AsText(result)));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new ToolResultPart(call.CallId, "The tool took too long. It may have had effects.", IsError: true);
        }
        catch (ToolInputException exception)
        {
            return new ToolResultPart(call.CallId, Cut(exception.Message), IsError: true);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            // A cancellation can surface as any exception.
            throw exception as OperationCanceledException
                ?? new OperationCanceledException("The tool gave up.", exception, cancellationToken);
        }
#pragma warning disable CA1031 // Tools are application code. The model handles their failures.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogToolFailed(call.Name, call.CallId, exception);
            return new ToolResultPart(call.CallId, "The tool failed.", IsError: true);
        }
    }

    private AIFunction? Find(string name) =>
        _tools.GetValueOrDefault(name)
            ?? _sources.SelectMany(source => source.Tools).FirstOrDefault(tool => tool.Name == name);

    private IEnumerable<AIFunction> ServerTools() =>
        _sources.Length == 0 ? _tools.Values : _tools.Values.Concat(_sources.SelectMany(source => source.Tools))
            .DistinctBy(tool => tool.Name, StringComparer.Ordinal);

    private static string AsText(object? result) => result switch
    {
        null => "null",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        JsonElement json => json.GetRawText(),
        _ => JsonSerializer.Serialize(result, result.GetType()),
    };

    private string Cut(string text) =>
        text.Length <= _options.MaxResultChars
            ? text
            : $"{TextCut.Start(text, _options.MaxResultChars)}\n[cut off after {_options.MaxResultChars} characters]";

    [LoggerMessage(1, LogLevel.Warning, "Tool {Tool} failed on call {CallId}")]
    private partial void LogToolFailed(string tool, string callId, Exception exception);
}
