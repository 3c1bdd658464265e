// SPDX-License-Identifier: MIT
// The steps of a whole build and test. './build.sh' calls this after set-up; the last line of a test run is the sum of
// all suites, which build.sh prints from artifacts/results/summary.txt.
#load "tools/report.cake"
using System.Xml.Linq;

var target = Argument("target", "test");
var results = MakeAbsolute(Directory("artifacts/results"));
var failures = new List<string>();
int passed = 0, failed = 0, skipped = 0;

/// The most that the hypervisor may weigh on an image, in bytes.
const long MaximumImageSize = 1536 * 1024;

void Dotnet(string arguments)
{
    int code = StartProcess("dotnet", new ProcessSettings { Arguments = arguments });
    if (code != 0)
    {
        throw new CakeException($"dotnet {arguments.Split(' ')[0]} failed");
    }
}

void Count(string suite, int pass, int fail, int skip)
{
    passed += pass;
    failed += fail;
    skipped += skip;
    Console.WriteLine($"{suite}: {pass} passed, {fail} failed, {skip} skipped");
}

/// Adds what an xunit project left in its results file; one that left nothing counts as a failure.
void CountResults(string suite, FilePath file)
{
    if (!FileExists(file))
    {
        Console.WriteLine($"{suite} ended without results");
        Count(suite, 0, 1, 0);
        return;
    }

    XElement counters =
        XDocument.Load(file.FullPath).Descendants().First(element => element.Name.LocalName == "Counters");
    int Value(string name) => int.Parse(counters.Attribute(name).Value);
    Count(suite, Value("passed"), Value("failed") + Value("error") + Value("timeout") + Value("aborted"),
        Value("total") - Value("executed"));
}

void Xunit(string project)
{
    string suite = System.IO.Path.GetFileNameWithoutExtension(project);
    FilePath file = results.CombineWithFilePath(suite + ".trx");
    StartProcess("dotnet", new ProcessSettings
    {
        Arguments = $"test {project} --no-build --nologo -v quiet --results-directory {results} "
            + $"--logger \"trx;LogFileName={suite}.trx\" --logger \"console;verbosity=minimal\"",
    });
    CountResults(suite, file);
}

void Emulator(string part)
{
    FilePath file = results.CombineWithFilePath($"emulator-{part}.txt");
    StartProcess("dotnet", new ProcessSettings
    {
        Arguments = $"artifacts/bin/Hypervisor.Emulator/release/Hypervisor.Emulator.dll --part {part} --results {file}",
    });
    if (!FileExists(file))
    {
        Console.WriteLine($"the runs of part {part} ended without results");
        Count(part, 0, 1, 0);
        return;
    }

    int[] counts = System.Text.RegularExpressions.Regex.Matches(System.IO.File.ReadAllText(file.FullPath), @"\d+")
        .Select(match => int.Parse(match.Value)).ToArray();
    Count($"runs ({part})", counts[0], counts[1], counts[2]);
}

Task("clean-results").Does(() =>
{
    EnsureDirectoryExists(results);
    CleanDirectory(results);
});

Task("restore").Does(() => Dotnet("restore Hypervisor.sln -v quiet"));

// Layout and style are errors of the build already (IDE0055 and its kin); this adds what the compiler does not look at.
Task("format").Does(() =>
    Dotnet("format whitespace . --folder --verify-no-changes --exclude artifacts --verbosity quiet"));

Task("build").IsDependentOn("restore").Does(() =>
    Dotnet("build Hypervisor.sln --no-restore -nodeReuse:false -v quiet --nologo"));

// The configuration that verifies itself: only what runs on the metal.
Task("build-checked").IsDependentOn("build").Does(() =>
{
    foreach (FilePath project in GetFiles("boot/*.csproj") + GetFiles("tests/Guests/*.csproj"))
    {
        Dotnet($"build {project} -c Checked -nodeReuse:false -v quiet --nologo");
    }
});

Task("unit").IsDependentOn("clean-results").IsDependentOn("build").Does(() =>
{
    foreach (FilePath project in GetFiles("tests/*/*.csproj"))
    {
        if (System.IO.File.ReadAllText(project.FullPath).Contains("xunit.runner.visualstudio"))
        {
            Xunit(MakeAbsolute(Directory(".")).GetRelativePath(project).FullPath);
        }
    }
});

Task("guests").IsDependentOn("clean-results").IsDependentOn("build-checked").Does(() => Emulator("guests"));

Task("emulator").IsDependentOn("clean-results").IsDependentOn("build-checked").Does(() => Emulator("emulator"));

Task("bench").IsDependentOn("clean-results").IsDependentOn("build").Does(() => Emulator("bench"));

Task("soak").IsDependentOn("clean-results").IsDependentOn("build-checked").Does(() =>
{
    // The fuzzing of the ordinary tests, so many times as long, from the same first seed on.
    System.Environment.SetEnvironmentVariable("HV_FUZZ_ROUNDS", "200");
    Xunit("tests/Fuzz/Hypervisor.Fuzz.csproj");
    Emulator("soak");
});

Task("size").IsDependentOn("clean-results").IsDependentOn("build").Does(() =>
{
    FilePath image = "artifacts/bin/Hypervisor.Boot/release/hypervisor.elf";
    long size = FileExists(image) ? FileSize(image) : long.MaxValue;
    bool fits = size <= MaximumImageSize;
    Console.WriteLine(fits
        ? $"hypervisor.elf: {size / 1024} KiB of at most {MaximumImageSize / 1024}"
        : "hypervisor.elf is missing or too large");
    Count("size", fits ? 1 : 0, fits ? 0 : 1, 0);
});

Task("test")
    .IsDependentOn("clean-results")
    .IsDependentOn("format")
    .IsDependentOn("build-checked")
    .IsDependentOn("unit")
    .IsDependentOn("size")
    .IsDependentOn("report")
    .IsDependentOn("guests")
    .IsDependentOn("bench")
    .IsDependentOn("emulator");

Teardown(context =>
{
    if (!context.Successful)
    {
        failed += 1;
        Console.WriteLine(context.ThrownException?.Message);
    }

    EnsureDirectoryExists(results);
    System.IO.File.WriteAllText(results.CombineWithFilePath("summary.txt").FullPath,
        $"{passed} passed, {failed} failed, {skipped} skipped\n");
});

TaskTeardown(context =>
{
    if (context.Duration.TotalSeconds >= 1)
    {
        Console.WriteLine($"{context.Task.Name}: {context.Duration.TotalSeconds:F0} s");
    }
});

RunTarget(target);
if (failed > 0)
{
    Environment.Exit(1);
}
