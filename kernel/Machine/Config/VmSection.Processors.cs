// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>The processors of a guest and its share of the real ones.</summary>
internal sealed partial class VmSection
{
    private const int MaximumCpus = 64;

    /// <summary>The highest number that <c>pin</c> takes.</summary>
    public const int MaximumProcessor = 255;

    private const int MinimumTimestamp = 100_000;
    private const int MaximumTimestamp = 10_000_000;

    private void ReadProcessors()
    {
        int cpus = _reader.ReadNumber("cpus", 1, MaximumCpus, 1, out TomlEntry? entry);
        bool isKnown = entry != null || _table.Find("cpus") == null;
        _config.Weight = _reader.ReadNumber("weight", 1, 10000, 100, out _);
        _config.TimestampKilohertz = _reader.ReadNumber("tsc_khz", MinimumTimestamp, MaximumTimestamp, 0, out _);
        ReadLimits(isKnown ? cpus : MaximumCpus);
        const string PinExpected = "an array of processor numbers is expected; for example: pin = [0]";
        TomlEntry? pin = _reader.Find("pin", TomlKind.Array, PinExpected);
        if (pin != null)
        {
            ReadPin(pin, isKnown ? cpus : pin.Value.Count);
        }

        bool exclusive = _reader.ReadBoolean("exclusive", false, out TomlEntry? exclusiveEntry);
        if (exclusive && _table.Find("pin") == null)
        {
            _reader.Report(ConfigErrorKind.OptionNeedsPin, exclusiveEntry!, "only together with pin");
        }

        _config.IsExclusive = exclusive;
        _config.Cpus = cpus;
    }

    /// <summary>Both in percent of one real processor, for all the virtual ones together.</summary>
    private void ReadLimits(int cpus)
    {
        int cap = _reader.ReadNumber("cap", 1, 100 * cpus, 100 * cpus, out _);
        _config.Cap = cap == 100 * cpus ? 0 : cap;
        _config.Reserve = _reader.ReadNumber("reserve", 0, 100 * cpus, 0, out TomlEntry? reserve);
        if (_config.Reserve > cap && reserve != null)
        {
            TextBuilder text = new TextBuilder().Append("more than the cap, which is ");
            _reader.Report(ConfigErrorKind.ReserveExceedsCap, reserve, text.Append(cap).ToString());
        }
    }

    private void ReadPin(TomlEntry pin, int cpus)
    {
        var processors = new int[pin.Value.Count];
        int count = 0;
        for (TomlValue? item = pin.Value.FirstItem; item != null; item = item.Next)
        {
            if (item.Kind != TomlKind.Integer)
            {
                _reader.Report(ConfigErrorKind.WrongType, pin, "numbers are expected; for example: pin = [0]");
                return;
            }

            if (item.Integer is < 0 or > MaximumProcessor)
            {
                _reader.Report(ConfigErrorKind.OutOfRange, pin, item.Source + " is out of range; allowed: 0 to 255");
                return;
            }

            if (IsRepeated(pin.Value, item))
            {
                _reader.Report(ConfigErrorKind.DuplicateProcessor, pin, item.Source + " stands there twice");
                return;
            }

            processors[count++] = (int)item.Integer;
        }

        if (pin.Value.Count != cpus)
        {
            TextBuilder text = new TextBuilder().Append("one number for each virtual processor is expected, so ");
            _reader.Report(ConfigErrorKind.PinCount, pin, text.Append(cpus).ToString());
        }
        else
        {
            _config.Pin = processors;
        }
    }

    private static bool IsRepeated(TomlValue array, TomlValue item)
    {
        for (TomlValue? other = array.FirstItem; other != item && other != null; other = other.Next)
        {
            if (other.Integer == item.Integer)
            {
                return true;
            }
        }

        return false;
    }
}
