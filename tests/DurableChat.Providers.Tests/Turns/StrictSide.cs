using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Chat;
using DurableChat.Providers.Tests.Messages;
using DurableChat.Providers.Tests.Responses;
using DurableChat.Providers.Tests.Talks;
using Microsoft.Extensions.AI;

namespace DurableChat.Providers.Tests.Turns;

/// <summary>A strict provider of any wire, how to reach it, and what it will answer.</summary>
internal sealed class StrictSide
{
    private static readonly JsonSerializerOptions _unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly StrictProvider? _strict;
    private readonly StrictChatProvider? _chat;
    private readonly Queue<int> _calls = new();

    /// <param name="options">Which provider.</param>
    /// <param name="numbersAfter">The number after which its ids begin.</param>
    public StrictSide(ProviderOptions options, int numbersAfter = 0)
    {
        Options = options;
        var key = options.Key ?? "";
        (_strict, Mark) = options.Wire switch
        {
            ProviderWire.Responses => (new StrictResponses { NumbersAfter = numbersAfter }, $"e{numbersAfter + 1}/+=="),
            ProviderWire.Messages => (new StrictMessages { NumbersAfter = numbersAfter }, $"s{numbersAfter + 1}+/="),
            _ => ((StrictProvider?)null, $"thought 1 account-{key}"),
        };
        _chat = _strict is null ? new StrictChatProvider(options.Flavour) { Account = key, ChecksResults = false, Calls = _ => _calls.Dequeue() } : null;
    }

    public ProviderOptions Options { get; }

    /// <summary>The fake.</summary>
    public HttpMessageHandler Provider => (HttpMessageHandler?)_strict ?? _chat!;

    /// <summary>What comes back to the provider of its first answer's thought, and goes to nobody else.</summary>
    public string Mark { get; }

    /// <summary>Settings with which a model of the wire thinks.</summary>
    public GenerationSettings Thinking => _strict is null ? new GenerationSettings() : new GenerationSettings { ReasoningEffort = "low" };

    /// <summary>The bodies of the requests that it took.</summary>
    public IReadOnlyList<JsonObject> Requests => _strict?.Requests ?? _chat!.Bodies;

    /// <summary>The last request, as text.</summary>
    public string LastRequest => Requests[^1].ToJsonString(_unescaped);

    /// <summary>The tools that the fakes call.</summary>
    /// <param name="run">What a call does.</param>
    public static AIFunction[] Tools(Action run)
    {
        string Run()
        {
            run();
            return "12:00";
        }

        return [AIFunctionFactory.Create(Run, "current_time"), AIFunctionFactory.Create(Run, "clock")];
    }

    /// <summary>The model, behind a network.</summary>
    public IModelClient Over(HttpMessageHandler network, TimeProvider? time = null) => ProviderModels.Create(Options, network, time);

    /// <summary>
    /// What it answers next: each answer is a row of the words <c>think</c>, <c>text</c> and <c>call</c>.
    /// </summary>
    public void Script(params IEnumerable<string> answers)
    {
        foreach (var answer in answers)
        {
            _strict?.Answers.Enqueue(answer);
            _calls.Enqueue(answer.Split(' ').Count(word => word == "call"));
        }
    }
}
