//! Numbers, exactly: bounds, multiples, and a number that satisfies them.

use super::node::{Bound, Range};
use super::solve::Outcome;
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};
use serde_json::{Number, Value};

/// Zero.
pub(crate) fn zero() -> BigRational {
    BigRational::zero()
}

/// The number that is written, with all its decimals.
pub(crate) fn exact(number: &Number) -> BigRational {
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().unwrap_or(0)),
        None => (text.as_str(), 0),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{decimals}").parse().unwrap_or_default();
    let exponent = exponent - i32::try_from(decimals.len()).unwrap_or(0);
    let power = num_traits::pow(BigInt::from(10), exponent.unsigned_abs() as usize);
    if exponent < 0 {
        BigRational::new(digits, power)
    } else {
        BigRational::from_integer(digits * power)
    }
}

pub(crate) fn is_whole(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || exact(number).is_integer()
}

/// A count as schemas write it: `3`, or `3.0`.
pub(crate) fn whole_count(number: &Number) -> Option<u64> {
    let number = exact(number);
    if !number.is_integer() || number.is_negative() {
        return None;
    }
    Some(number.to_integer().to_u64().unwrap_or(u64::MAX))
}

/// The value with equal numbers in equal spelling: `1.0` is `1`.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let exact = exact(number);
            let whole = exact.is_integer().then(|| exact.to_integer().to_i64());
            whole
                .flatten()
                .map_or_else(|| value.clone(), |whole| Value::Number(whole.into()))
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let member = |(name, value): (&String, &Value)| (name.clone(), canonical(value));
            Value::Object(members.into_iter().map(member).collect())
        }
        other => other.clone(),
    }
}

/// Numbers that lie in both ranges.
pub(crate) fn intersection(one: &Range, two: &Range) -> Range {
    let tighter = |one: &Option<Bound>, two: &Option<Bound>, high: bool| match (one, two) {
        (Some(one), Some(two)) => {
            let same = one.at == two.at;
            let first = if same {
                one.exclusive
            } else {
                (one.at < two.at) == high
            };
            Some(if first { one.clone() } else { two.clone() })
        }
        (one, two) => one.clone().or_else(|| two.clone()),
    };
    Range {
        low: tighter(&one.low, &two.low, false),
        high: tighter(&one.high, &two.high, true),
    }
}

/// Numbers outside of a range, as at most two ranges.
pub(crate) fn outside(range: &Range) -> Vec<Range> {
    let turned = |bound: &Bound| {
        Some(Bound {
            at: bound.at.clone(),
            exclusive: !bound.exclusive,
        })
    };
    let below = range.low.as_ref().map(|low| Range {
        low: None,
        high: turned(low),
    });
    let above = range.high.as_ref().map(|high| Range {
        low: turned(high),
        high: None,
    });
    below.into_iter().chain(above).collect()
}

pub(crate) fn in_range(number: &BigRational, range: &Range) -> bool {
    let above = range.low.as_ref().is_none_or(|low| match low.exclusive {
        true => *number > low.at,
        false => *number >= low.at,
    });
    let below = range.high.as_ref().is_none_or(|high| match high.exclusive {
        true => *number < high.at,
        false => *number <= high.at,
    });
    above && below
}

pub(crate) fn is_multiple(number: &BigRational, of: &BigRational) -> bool {
    !of.is_zero() && (number / of).is_integer()
}

/// What a number has to satisfy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    pub(crate) range: Range,
    pub(crate) whole: bool,
    pub(crate) multiples: Vec<BigRational>,
    pub(crate) not_multiples: Vec<BigRational>,
    pub(crate) excluded: Vec<Value>,
}

/// Candidates that are looked at on each side.
const CANDIDATES: u32 = 300;

impl Numbers {
    pub(crate) fn solve(&self) -> Outcome {
        if let (Some(low), Some(high)) = (&self.range.low, &self.range.high)
            && low.at > high.at
        {
            return Outcome::Empty;
        }
        match self.step() {
            Some(step) => self.solve_steps(&step),
            None => self.solve_fractions(),
        }
    }

    /// The distance of the candidates, when they lie at distances.
    fn step(&self) -> Option<BigRational> {
        let whole = self.whole.then(BigRational::one);
        whole
            .into_iter()
            .chain(self.multiples.iter().cloned())
            .reduce(|one, two| {
                let top = one.numer().lcm(two.numer());
                BigRational::new(top, one.denom().gcd(two.denom()))
            })
    }

    fn solve_steps(&self, step: &BigRational) -> Outcome {
        let all_hit = |multiple: &BigRational| is_multiple(step, multiple);
        let only_whole = !self.whole && step.is_integer();
        if only_whole || self.not_multiples.iter().any(all_hit) {
            return Outcome::Empty;
        }
        let low = self.range.low.as_ref().map(|low| (&low.at / step).ceil());
        let high = self
            .range
            .high
            .as_ref()
            .map(|high| (&high.at / step).floor());
        if let (Some(low), Some(high)) = (&low, &high)
            && low > high
        {
            return Outcome::Empty;
        }
        let number = |index: u32| BigRational::from_integer(BigInt::from(index));
        let far = number(u32::MAX) * number(u32::MAX);
        if low.as_ref().is_some_and(|low| *low > far)
            || high.as_ref().is_some_and(|high| *high < -&far)
        {
            // Next to such a bound only few numbers can be written; a round one is found sooner.
            if let Some(found) = self.round() {
                return Outcome::Witness(found);
            }
        }
        let mut exhausted = false;
        for index in 0..CANDIDATES {
            let from_low = low.as_ref().map(|low| low + number(index));
            let from_high = high.as_ref().map(|high| high - number(index));
            if let (Some(one), Some(two)) = (&from_low, high.as_ref()) {
                exhausted |= one > two;
            }
            let around_zero = [number(index), -number(index)];
            let candidates = from_low.into_iter().chain(from_high).chain(around_zero);
            for candidate in candidates {
                if let Some(found) = self.accept(&(candidate * step)) {
                    return Outcome::Witness(found);
                }
            }
            if exhausted {
                return Outcome::Empty;
            }
        }
        self.far_candidates()
    }

    /// A power of ten, or the largest number there is, or its negative.
    fn round(&self) -> Option<Value> {
        let tens = (19..309).map(|exponent| num_traits::pow(BigInt::from(10), exponent));
        let largest = BigRational::from_float(f64::MAX);
        let candidates = tens.map(BigRational::from_integer).chain(largest);
        candidates
            .flat_map(|it| [it.clone(), -it])
            .find_map(|candidate| self.accept(&candidate))
    }

    /// Beyond 2^53 not every whole number can be written; go in larger strides.
    fn far_candidates(&self) -> Outcome {
        let mut power = BigRational::one();
        for _ in 0..1024 {
            power *= BigRational::from_integer(BigInt::from(2));
            let low = self.range.low.as_ref().map(|low| &low.at + &power);
            let high = self.range.high.as_ref().map(|high| &high.at - &power);
            for candidate in low.into_iter().chain(high).chain([power.clone(), -&power]) {
                if let Some(found) = self.accept(&candidate) {
                    return Outcome::Witness(found);
                }
            }
        }
        Outcome::Unknown("numbers")
    }

    fn solve_fractions(&self) -> Outcome {
        let half = BigRational::new(BigInt::one(), BigInt::from(2));
        let mut candidates = vec![half.clone(), -&half];
        let (low, high) = (self.range.low.as_ref(), self.range.high.as_ref());
        let steps = (1..40).map(|index| num_traits::pow(half.clone(), index));
        for step in steps {
            candidates.extend([step.clone(), -&step]);
            candidates.extend(low.map(|low| low.at.floor() + &step));
            candidates.extend(low.map(|low| &low.at + &step));
            candidates.extend(high.map(|high| &high.at - &step));
            if let (Some(low), Some(high)) = (low, high) {
                candidates.push(&low.at + (&high.at - &low.at) * step);
            }
        }
        candidates.extend(low.map(|low| low.at.clone()));
        candidates.extend(high.map(|high| high.at.clone()));
        for candidate in &candidates {
            if let Some(found) = self.accept(candidate) {
                return Outcome::Witness(found);
            }
        }
        let point = low.zip(high).filter(|(low, high)| low.at == high.at);
        if let Some((low, _)) = point {
            // One point is left, and it was tried.
            let tried = low.at.is_integer() || to_value(&low.at).is_some();
            if tried {
                return Outcome::Empty;
            }
        }
        // Numbers so close or so large that between them are none that can be written.
        Outcome::Unknown("numbers")
    }

    /// The number as JSON, when it can be written and satisfies everything.
    fn accept(&self, number: &BigRational) -> Option<Value> {
        let value = to_value(number)?;
        let Value::Number(written) = &value else {
            return None;
        };
        let number = exact(written);
        // Of a large number fewer digits are written than there are: 2^63 as 9223372036854776000.
        let read = written
            .as_f64()
            .filter(|_| written.is_f64() && number.is_integer());
        let read = read.and_then(BigRational::from_float);
        let fits = number.is_integer() == self.whole
            && in_range(&number, &self.range)
            && read.is_none_or(|read| in_range(&read, &self.range))
            && self.multiples.iter().all(|of| is_multiple(&number, of))
            && !self.not_multiples.iter().any(|of| is_multiple(&number, of))
            && !self.excluded.contains(&value);
        fits.then_some(value)
    }
}

/// The nearest number that JSON can write here.
fn to_value(number: &BigRational) -> Option<Value> {
    if number.is_integer() {
        let whole = number.to_integer();
        if let Some(whole) = whole.to_i64() {
            return Some(whole.into());
        }
        if let Some(whole) = whole.to_u64() {
            return Some(whole.into());
        }
    }
    let float = number.to_f64().filter(|float| float.is_finite())?;
    Number::from_f64(float).map(Value::Number)
}
