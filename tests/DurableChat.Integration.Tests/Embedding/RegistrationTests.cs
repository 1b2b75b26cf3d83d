using DurableChat.Chats;
using DurableChat.Hooks;
using DurableChat.Models;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace DurableChat.Integration.Tests.Embedding;

/// <summary>What <c>AddDurableChatCore</c> registers.</summary>
public sealed class RegistrationTests
{
    private static readonly ServiceProviderOptions _strict = new() { ValidateOnBuild = true, ValidateScopes = true };

    [Fact]
    public async Task Without_a_store_the_services_can_be_built_and_their_first_use_says_what_is_missing()
    {
        await using var provider = Services().BuildServiceProvider(_strict);
        var failure = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ChatService>);
        Assert.Contains("UseSqlite", failure.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(provider.GetServices<IHostedService>);
    }

    [Fact]
    public async Task Hooks_and_tools_may_use_the_chats()
    {
        var store = new FakeStore();
        var services = Services().AddSingleton<IChatStore>(store).AddSingleton<ILeaseStore>(store)
            .AddSingleton<ICommitHook, CommitHook>().AddSingleton<ITurnHook, TurnHook>().AddSingleton<IToolSource, ToolSource>();
        await using var provider = services.BuildServiceProvider(_strict);
        Assert.NotEmpty(provider.GetServices<IHostedService>());
        Assert.IsType<CommitHook>(provider.GetRequiredService<ICommitHook>());
    }

    [Fact]
    public async Task Settings_are_options_that_anyone_may_configure()
    {
        var services = Services(options => options.Limits.MaxQueue = 7);
        services.Configure<DurableChatOptions>(options => options.Worker.MaxSteps = options.Limits.MaxQueue);
        await using var provider = services.BuildServiceProvider(_strict);
        provider.GetRequiredService<IStartupValidator>().Validate();
        Assert.Equal((7, 7), (provider.GetRequiredService<ChatLimits>().MaxQueue, provider.GetRequiredService<WorkerOptions>().MaxSteps));
    }

    [Fact]
    public async Task Settings_that_are_given_whole_can_still_be_configured()
    {
        var services = new ServiceCollection();
        services.AddDurableChatCore(new DurableChatOptions { Limits = new() { MaxQueue = 7 } });
        services.Configure<DurableChatOptions>(options => options.Worker.MaxSteps = options.Limits.MaxQueue);
        await using var provider = services.BuildServiceProvider();
        Assert.Equal(7, provider.GetRequiredService<DurableChatOptions>().Worker.MaxSteps);
    }

    [Theory]
    [InlineData(nameof(ChatLimits.MaxQueue))]
    [InlineData(nameof(RetryOptions.Jitter))]
    [InlineData(nameof(WorkerOptions.LeaseDuration))]
    public async Task A_setting_out_of_range_is_refused_when_the_host_starts(string name)
    {
        var services = Services(options =>
        {
            options.Limits.MaxQueue = name == nameof(ChatLimits.MaxQueue) ? -1 : 20;
            options.Worker.Retry.Jitter = name == nameof(RetryOptions.Jitter) ? 2 : 0;
            options.Worker.LeaseDuration = name == nameof(WorkerOptions.LeaseDuration) ? TimeSpan.Zero : TimeSpan.FromSeconds(20);
        });
        await using var provider = services.BuildServiceProvider(_strict);
        var failure = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    private static ServiceCollection Services(Action<DurableChatOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IChatClient>(ScriptedModel.Answering());
        services.AddDurableChatCore(configure);
        return services;
    }

    private sealed class CommitHook(ChatService chats) : ICommitHook
    {
        public Task OnCommittedAsync(CommitNotice notice, CancellationToken cancellationToken) => Task.FromResult(chats);
    }

    private sealed class TurnHook(ChatService chats) : ITurnHook
    {
        public ValueTask<TurnDecision> BeforeTurnAsync(TurnContext turn, CancellationToken cancellationToken) =>
            new(TurnDecision.ContinueWith(chats.Models.Default.Name));
    }

    private sealed class ToolSource(ChatService chats) : IToolSource
    {
        public IReadOnlyList<AIFunction> Tools { get; } = [AIFunctionFactory.Create(() => chats.Models.Default.Name, "model")];
    }
}
