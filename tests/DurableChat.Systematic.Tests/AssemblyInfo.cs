using Xunit;

// Coyote controls the tasks of one test at a time; another test beside it would be noise.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
