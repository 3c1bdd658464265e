// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>A moment in the Gregorian calendar, as an RTC shows it.</summary>
public struct CalendarTime
{
    private const int SecondsPerDay = 86_400;
    private const int DaysPerEra = 146_097;
    private const int YearsPerEra = 400;

    /// <summary>Days from 0000-03-01 to 1970-01-01.</summary>
    private const int DaysBeforeEpoch = 719_468;

    public int Year;

    /// <summary>1..12.</summary>
    public int Month;

    /// <summary>1..31.</summary>
    public int Day;

    /// <summary>1 (Sunday) to 7.</summary>
    public int Weekday;
    public int Hour;
    public int Minute;
    public int Second;

    /// <summary>The moment <paramref name="seconds"/> after 1970-01-01T00:00:00, for years 0 to 9999.</summary>
    public static CalendarTime FromUnix(long seconds)
    {
        long days = FloorDivide(seconds, SecondsPerDay);
        int ofDay = (int)(seconds - (days * SecondsPerDay));
        CalendarTime time = FromDays(days);
        time.Hour = ofDay / 3600;
        time.Minute = ofDay / 60 % 60;
        time.Second = ofDay % 60;
        return time;
    }

    /// <summary>
    /// Seconds since 1970-01-01T00:00:00; fields beyond their range carry over, so any values are harmless.
    /// </summary>
    public readonly long ToUnix()
    {
        // Years begin in March here, so that the leap day is the last of one. Months 1 and 2 belong to the year before.
        long year = Month > 2 ? Year : Year - 1;
        long era = FloorDivide(year, YearsPerEra);
        long yearOfEra = year - (era * YearsPerEra);
        long monthFromMarch = (Month + 9) % 12;
        long dayOfYear = (((153 * monthFromMarch) + 2) / 5) + Day - 1;
        long dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        long days = (era * DaysPerEra) + dayOfEra - DaysBeforeEpoch;
        return (days * SecondsPerDay) + (Hour * 3600L) + (Minute * 60L) + Second;
    }

    /// <summary>The moment of the last midnight.</summary>
    public static long StartOfDay(long seconds) => FloorDivide(seconds, SecondsPerDay) * SecondsPerDay;

    private static CalendarTime FromDays(long days)
    {
        CalendarTime time = default;
        long shifted = days + DaysBeforeEpoch;
        long era = FloorDivide(shifted, DaysPerEra);
        long dayOfEra = shifted - (era * DaysPerEra);
        long yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        long dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        time.Day = (int)(dayOfYear - (((153 * monthFromMarch) + 2) / 5)) + 1;
        time.Month = (int)(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
        time.Year = (int)((era * YearsPerEra) + yearOfEra + (time.Month <= 2 ? 1 : 0));

        // 1970-01-01 was a Thursday, day 5.
        time.Weekday = (int)(days + 4 - (FloorDivide(days + 4, 7) * 7)) + 1;
        return time;
    }

    private static long FloorDivide(long value, long divisor) =>
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);
}
